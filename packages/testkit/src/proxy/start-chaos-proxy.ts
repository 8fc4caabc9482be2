import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { portOf } from '../process/free-ports.ts'

/**
 * What becomes of a connection. `reset`: RST to both ends. `stall`: it stays open and nothing comes any more, as from a lost route. `garble`: what
 * comes is no more what was sent.
 */
export interface Mischief {
  readonly how: 'reset' | 'stall' | 'garble'
  /** So many octets of the connection are passed on as they are, both ways together. */
  readonly afterOctets: number
}

/** A TCP proxy on loopback that does to connections what networks do. */
export interface ChaosProxy extends AsyncDisposable {
  readonly port: number
  /** Done to each connection made from now on. Null: passed on as they are. */
  mischief: Mischief | null
  /** Connections made so far. */
  readonly connections: number
  /** Octets passed on so far as they were, both ways together. */
  readonly octets: number
  /** Resets every connection that is open. */
  resetAll(): void
}

/** Starts a proxy before a port of loopback. */
export async function startChaosProxy(targetPort: number): Promise<ChaosProxy> {
  const links = new Set<Link>()
  const state = { connections: 0, octets: 0 }
  const proxy = { mischief: null as Mischief | null }
  const server = createServer((client) => {
    state.connections += 1
    const link = new Link({ client, upstream: connect({ host: '127.0.0.1', port: targetPort }), mischief: proxy.mischief }, (octets) => {
      state.octets += octets
    })
    links.add(link)
    link.whenOver(() => links.delete(link))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    get mischief() {
      return proxy.mischief
    },
    set mischief(mischief) {
      proxy.mischief = mischief
    },
    get connections() {
      return state.connections
    },
    get octets() {
      return state.octets
    },
    resetAll: () => {
      for (const link of links) link.reset()
    },
    [Symbol.asyncDispose]: async () => {
      for (const link of links) link.reset()
      server.close()
      await once(server, 'close')
    },
  }
}

interface LinkInput {
  readonly client: Socket
  readonly upstream: Socket
  readonly mischief: Mischief | null
}

/** One connection through the proxy. */
class Link {
  readonly #input: LinkInput
  readonly #count: (octets: number) => void
  #passed = 0
  #stalled = false

  constructor(input: LinkInput, count: (octets: number) => void) {
    this.#input = input
    this.#count = count
    const { client, upstream } = input
    this.#pass(client, upstream)
    this.#pass(upstream, client)
  }

  whenOver(tell: () => void): void {
    this.#input.client.once('close', tell)
  }

  reset(): void {
    this.#input.client.resetAndDestroy()
    this.#input.upstream.resetAndDestroy()
  }

  #pass(from: Socket, to: Socket): void {
    from.setNoDelay(true)
    // A connection that ends badly ends so for both; who looks at it is the test.
    from.on('error', () => this.reset())
    from.on('close', () => (this.#stalled ? undefined : to.destroySoon()))
    from.on('data', (octets: Buffer) => this.#forward(from, to, octets))
    to.on('drain', () => (this.#stalled ? undefined : from.resume()))
  }

  #forward(from: Socket, to: Socket, octets: Buffer): void {
    const { mischief } = this.#input
    const allowed = mischief === null ? octets.length : Math.min(octets.length, mischief.afterOctets - this.#passed)
    this.#passed += allowed
    this.#count(allowed)
    const passed =
      mischief?.how === 'garble'
        ? Buffer.concat([octets.subarray(0, allowed), invert(octets.subarray(allowed))])
        : octets.subarray(0, allowed)
    if (!to.write(passed)) from.pause()
    if (mischief === null || mischief.how === 'garble' || allowed === octets.length) return
    if (mischief.how === 'reset') {
      this.reset()
      return
    }
    this.#stalled = true
    this.#input.client.pause()
    this.#input.upstream.pause()
  }
}

function invert(octets: Buffer): Buffer {
  return Buffer.from(octets.map((octet) => octet ^ 0xff))
}
