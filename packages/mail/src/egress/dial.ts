import type { LookupAddress } from 'node:dns'
import { connect, type Socket } from 'node:net'
import type { VerificationStage } from '@maildock/core'
import { Deadline, untilAborted } from '../deadline.ts'
import { parseDialHost } from './dial-host.ts'
import { EgressRefusal, ResolutionFailure } from './egress-refusal.ts'
import type { EgressPolicy } from './egress-policy.ts'

/** How far an attempt has come. Written by those who do the work, read by whoever has to explain a failure. */
export interface Journey {
  stage: VerificationStage
}

export interface DialOptions {
  readonly egress: EgressPolicy
  readonly signal: AbortSignal
  readonly journey: Journey
}

/** A connected socket and the name that TLS has to prove. */
export interface Dialled {
  readonly socket: Socket
  readonly hostname: string
}

const RESOLUTION_DEADLINE_MS = 5000
/** RFC 8305 section 5: the pause before the next address is tried beside the one that does not answer yet. */
const ATTEMPT_DELAY_MS = 250
const MAX_ADDRESSES_TRIED = 6
/**
 * A link that says nothing is tried after this, and given up ten seconds later (libuv probes ten times, a second apart): a watch that waits must not
 * wait on a dead link. Below what NAT boxes keep an idle connection for (RFC 5382 section 5: two hours, in practice minutes).
 */
const KEEP_ALIVE_MS = 30_000

/**
 * The only way out. Resolves a host once, refuses it when any of its addresses is not allowed, and connects to an address that was
 * checked: no second lookup, so an answer that changes in between (DNS rebinding) is never dialled.
 *
 * @throws EgressRefusal, ResolutionFailure, a system error of the connection, or the reason of the signal.
 */
export async function dial(host: string, port: number, { egress, signal, journey }: DialOptions): Promise<Dialled> {
  journey.stage = 'dns'
  const target = parseDialHost(host)
  if (target === null) throw new EgressRefusal('malformed')
  if (!egress.allowsPort(port)) throw new EgressRefusal('port')
  const addresses = target.address === null ? await resolve(target.hostname, egress, signal) : [target.address]
  if (!addresses.every((address) => egress.allowsAddress(address, target.hostname))) throw new EgressRefusal('address')
  journey.stage = 'connect'
  return { socket: await connectFirst(addresses.slice(0, MAX_ADDRESSES_TRIED), port, signal), hostname: target.hostname }
}

/** Ties the life of a socket to a signal. The listener goes with the socket, so that a long-lived signal does not collect dead ones. */
export function destroyOnAbort(socket: Socket, signal: AbortSignal): void {
  const destroy = (): void => {
    socket.destroy()
  }
  if (signal.aborted) destroy()
  signal.addEventListener('abort', destroy, { once: true })
  socket.once('close', () => signal.removeEventListener('abort', destroy))
}

async function resolve(hostname: string, egress: EgressPolicy, signal: AbortSignal): Promise<readonly string[]> {
  using deadline = new Deadline(RESOLUTION_DEADLINE_MS, signal)
  try {
    const found = await untilAborted(egress.lookup(hostname), deadline.signal)
    if (found.length > 0) return interleaveFamilies(found)
  } catch (cause) {
    signal.throwIfAborted()
    throw new ResolutionFailure('the name could not be resolved', { cause })
  }
  throw new ResolutionFailure('the name has no address')
}

/** RFC 8305 section 4: families alternate, the resolver's first choice first. */
function interleaveFamilies(found: readonly LookupAddress[]): readonly string[] {
  const [first, second] = [found[0]?.family, found[0]?.family === 6 ? 4 : 6].map((family) =>
    found.filter((entry) => entry.family === family),
  )
  const ordered: string[] = []
  for (let index = 0; index < found.length; index += 1) {
    for (const entry of [first?.[index], second?.[index]]) if (entry !== undefined) ordered.push(entry.address)
  }
  return ordered
}

/** Resolves with the first address that answers; all other sockets are destroyed. */
function connectFirst(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve: settle, reject } = Promise.withResolvers<Socket>()
  const waiting = [...addresses]
  const open = new Set<Socket>()
  let nextAttempt: NodeJS.Timeout | undefined
  let firstError: Error | undefined

  const finish = (winner: Socket | null): void => {
    clearTimeout(nextAttempt)
    signal.removeEventListener('abort', abort)
    waiting.length = 0
    for (const socket of open) if (socket !== winner) socket.destroy()
  }
  const abort = (): void => {
    finish(null)
    reject(signal.reason)
  }
  const attempt = (): void => {
    clearTimeout(nextAttempt)
    const address = waiting.shift()
    if (address === undefined) return
    const socket = connect({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS })
    open.add(socket)
    // Stays for the life of the socket: an error without a listener would end the process. Readers learn of it by `close`.
    socket.on('error', (error) => {
      firstError ??= error
    })
    socket.once('connect', () => {
      finish(socket)
      settle(socket)
    })
    socket.once('close', () => {
      open.delete(socket)
      if (waiting.length > 0) attempt()
      else if (open.size === 0) {
        finish(null)
        reject(firstError ?? new Error('the connection was closed'))
      }
    })
    nextAttempt = setTimeout(attempt, ATTEMPT_DELAY_MS)
  }

  if (signal.aborted) reject(signal.reason)
  else {
    signal.addEventListener('abort', abort, { once: true })
    attempt()
  }
  return promise
}
