import type { MailServer } from '@maildock/core'
import { ImapFlow } from 'imapflow'
import { Deadline } from '../deadline.ts'
import type { Journey } from '../egress/dial.ts'
import type { EgressPolicy } from '../egress/egress-policy.ts'
import type { MailFault } from '../mail-fault.ts'
import { listSecretForms } from '../scrub-secrets.ts'
import type { FaultContext } from '../translate-link-error.ts'
import type { ImapSwitchboard } from './imap-switchboard.ts'
import { openImapStream, type ImapStream } from './open-imap-stream.ts'
import { SwitchedStream } from './switched-stream.ts'
import { translateImapError } from './translate-imap-error.ts'

export interface OpenImapConnectionInput {
  readonly server: MailServer
  readonly username: string
  readonly password: string
}

export interface OpenImapConnectionOptions {
  readonly egress: EgressPolicy
  /** Ends the opening, and later the connection. */
  readonly signal?: AbortSignal | undefined
  /** For opening, not for the life of the connection. Default 20 000. */
  readonly deadlineMs?: number | undefined
}

/** An authenticated IMAP connection. Commands of the client need a deadline of their own; `destroy` ends whatever it waits for. */
export interface ImapConnection extends AsyncDisposable {
  readonly client: ImapFlow
  /** For commands of our own, beside those of the client. */
  readonly switchboard: ImapSwitchboard
  /** In upper case, as of after the login. */
  readonly capabilities: ReadonlySet<string>
  /** Turns an error of the client into a MailFault. `timedOut`: a deadline of the caller ended the command. */
  readonly translateError: (error: unknown, timedOut?: boolean) => MailFault
  /** Destroys the socket at once, whatever the library is doing. Idempotent. */
  destroy(): void
}

const DEFAULT_DEADLINE_MS = 20_000
const LOGOUT_DEADLINE_MS = 2000

/** What an honest server stays far below. The library's own limits are a gigabyte each. A literal is one message. */
const LIMITS = { maxLineLength: 1 << 20, maxLiteralSize: 64 << 20, maxResponseSize: 72 << 20, maxResponseTokens: 500_000 }

/** Not told to the library: what it must not use. COMPRESS hides a bomb from every limit; the others are settled before it starts. */
const WITHHELD = /^(?:COMPRESS=|STARTTLS$|LOGINDISABLED$|AUTH=|SASL-IR$)/u

/**
 * Opens an authenticated connection: dials under the egress policy, proves TLS, signs in by our own bounded dialogue, and only then hands the
 * socket to imapflow, which is told of a session that is already open (ADR 0006). Nothing a server sends before it has accepted the
 * credentials reaches the library.
 *
 * @throws MailFault, or the reason of the caller's signal.
 */
export async function openImapConnection(input: OpenImapConnectionInput, options: OpenImapConnectionOptions): Promise<ImapConnection> {
  const { server, username, password } = input
  using deadline = new Deadline(options.deadlineMs ?? DEFAULT_DEADLINE_MS, options.signal)
  const journey: Journey = { stage: 'dns' }
  const secretForms = listSecretForms(username, password)
  const contextNow = (timedOut: boolean): FaultContext => ({ host: server.host, stage: journey.stage, timedOut, secretForms })
  try {
    const stream = await openImapStream(server, { username, password }, { egress: options.egress, signal: deadline.signal, journey })
    journey.stage = 'ready'
    const { client, switchboard } = await startClient(stream, server, deadline)
    return holdConnection(
      { client, switchboard, stream },
      {
        signal: options.signal,
        translateError: (error, timedOut = false) => translateImapError(error, contextNow(timedOut)),
      },
    )
  } catch (error) {
    if (deadline.abandoned) throw options.signal?.reason ?? error
    throw translateImapError(error, contextNow(deadline.expired))
  }
}

async function startClient(
  stream: ImapStream,
  server: MailServer,
  deadline: Deadline,
): Promise<Pick<ImapConnection, 'client' | 'switchboard'>> {
  const { socket, lines, dialogue } = stream
  const known =
    dialogue.capabilities === null ? '' : ` [CAPABILITY ${[...dialogue.capabilities].filter((name) => !WITHHELD.test(name)).join(' ')}]`
  lines.release(`* PREAUTH${known} ready\r\n`)
  const switched = new SwitchedStream(socket, { maxLiteralOctets: LIMITS.maxLiteralSize, maxResponseOctets: LIMITS.maxResponseSize })
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: true,
    auth: { user: '-' },
    clientInfo: { name: 'Maildock', version: '0', vendor: 'Maildock', 'support-url': undefined },
    logger: false,
    disableCompression: true,
    disableIMAP4rev2: true,
    disableAutoIdle: true,
    qresync: true,
    connectionTimeout: deadline.remainingMs + 1000,
    greetingTimeout: deadline.remainingMs + 1000,
    socketTimeout: 5 * 60_000,
    ...LIMITS,
    transport: {
      connect: (_options, onConnect) => {
        setImmediate(onConnect)
        return switched
      },
    },
  })
  // Before connect(): an error without a listener would end the process.
  client.on('error', () => socket.destroy())
  const abort = (): void => client.close()
  deadline.signal.addEventListener('abort', abort, { once: true })
  try {
    await client.connect()
    return { client, switchboard: switched.switchboard }
  } catch (error) {
    client.close()
    socket.destroy()
    throw error
  } finally {
    deadline.signal.removeEventListener('abort', abort)
  }
}

function holdConnection(
  { client, switchboard, stream: { socket, dialogue } }: Pick<ImapConnection, 'client' | 'switchboard'> & { readonly stream: ImapStream },
  { signal, translateError }: { signal: AbortSignal | undefined; translateError: ImapConnection['translateError'] },
): ImapConnection {
  const destroy = (): void => {
    signal?.removeEventListener('abort', destroy)
    client.close()
    socket.destroy()
  }
  if (signal?.aborted === true) destroy()
  else signal?.addEventListener('abort', destroy, { once: true })
  return {
    client,
    switchboard,
    capabilities: new Set([...(dialogue.capabilities ?? []), ...[...client.capabilities.keys()].map((name) => name.toUpperCase())]),
    translateError,
    destroy,
    [Symbol.asyncDispose]: async () => {
      const limit = setTimeout(destroy, LOGOUT_DEADLINE_MS)
      // A polite end. On a broken or busy connection there is nobody to be polite to: how it ends does not matter then.
      if (client.usable) await Promise.allSettled([client.logout()])
      clearTimeout(limit)
      destroy()
    },
  }
}
