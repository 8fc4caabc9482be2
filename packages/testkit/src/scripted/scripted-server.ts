import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { ServerCertificate } from '../certificates/test-certificates.ts'
import { portOf } from '../process/free-ports.ts'
import type { Step } from './transcript.ts'

export interface ScriptedServerOptions {
  readonly steps: readonly Step[]
  /** Needed for `implicitTls` and for the step `startTls`. */
  readonly certificate?: ServerCertificate
  readonly implicitTls?: boolean
  /** Default `127.0.0.1`. */
  readonly host?: string
  /** For servers that are too old: what TLS they offer. */
  readonly maxTlsVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
}

/** A server that plays a transcript to each client, and remembers what it was told. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number
  readonly connections: number
  /** Connections that are still open. */
  readonly openConnections: number
  /** Every line of every client, in clear text as the server's application sees it. */
  readonly lines: readonly string[]
  /** Every message that came whole, as on the wire, without the final dot. */
  readonly messages: readonly string[]
  /** Every octet a client sent outside TLS. */
  readonly clear: Buffer
  /** Octets written so far, before TLS. */
  readonly octetsSent: number
  /** Set when a client said something else than was expected. */
  readonly surprises: readonly string[]
}

/** Starts a server on a free port of loopback. */
export async function startScriptedServer(options: ScriptedServerOptions): Promise<ScriptedServer> {
  const state = {
    lines: [] as string[],
    messages: [] as string[],
    clear: [] as Buffer[],
    surprises: [] as string[],
    octetsSent: 0,
    connections: 0,
  }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    state.connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // What a client does to the connection is the client's business; the test looks at the client.
    socket.on('error', () => socket.destroy())
    void new Player(socket, options, state).play()
  })
  server.listen(0, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  return {
    port: portOf(server),
    get connections() {
      return state.connections
    },
    get openConnections() {
      return sockets.size
    },
    lines: state.lines,
    messages: state.messages,
    get clear() {
      return Buffer.concat(state.clear)
    },
    get octetsSent() {
      return state.octetsSent
    },
    surprises: state.surprises,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

interface PlayState {
  readonly lines: string[]
  readonly messages: string[]
  readonly clear: Buffer[]
  readonly surprises: string[]
  octetsSent: number
}

class Player {
  readonly #options: ScriptedServerOptions
  readonly #state: PlayState
  readonly #raw: Socket
  #socket: Socket
  #tag = ''
  #buffer = ''

  constructor(socket: Socket, options: ScriptedServerOptions, state: PlayState) {
    this.#raw = socket
    this.#socket = socket
    this.#options = options
    this.#state = state
  }

  async play(): Promise<void> {
    const raw = this.#raw
    if (this.#options.implicitTls === true) await this.#secure()
    else this.#listen(raw)
    for (const step of this.#options.steps) {
      if (raw.destroyed || !(await this.#perform(step))) return
    }
  }

  async #perform(step: Step): Promise<boolean> {
    if ('expect' in step) return this.#expect(step.expect)
    if ('send' in step) return this.#send(typeof step.send === 'string' ? step.send.replaceAll('{tag}', this.#tag) : step.send)
    if ('drip' in step) return this.#drip(step.drip, step.everyMs)
    if ('flood' in step) return this.#flood(step.flood, step.octets)
    if ('expectMessage' in step) return this.#expectMessage()
    if ('expectOctets' in step) return this.#expectOctets()
    if ('goDeaf' in step) {
      this.#socket.pause()
      return true
    }
    if ('startTls' in step) return this.#secure()
    // Only TCP can reset; under TLS that is the socket below.
    if (step.close === 'rst') this.#raw.resetAndDestroy()
    else this.#socket.end()
    return false
  }

  async #expect(pattern: RegExp): Promise<boolean> {
    const line = await this.#nextLine()
    if (line === null) return false
    this.#state.lines.push(line)
    const match = pattern.exec(line)
    if (match === null) {
      this.#state.surprises.push(`expected ${pattern.source}, got ${JSON.stringify(line)}`)
      this.#socket.destroy()
      return false
    }
    this.#tag = match.groups?.['tag'] ?? this.#tag
    return true
  }

  async #expectMessage(): Promise<boolean> {
    let message = ''
    for (let line = await this.#nextLine(); line !== null; line = await this.#nextLine()) {
      if (line === '.') {
        this.#state.messages.push(message)
        return true
      }
      message += `${line}\r\n`
    }
    return false
  }

  #send(data: string | Uint8Array): boolean {
    this.#state.octetsSent += Buffer.byteLength(data)
    this.#socket.write(data)
    return true
  }

  async #drip(text: string, everyMs: number): Promise<boolean> {
    for (const octet of Buffer.from(text)) {
      if (this.#socket.destroyed) return false
      this.#send(Uint8Array.of(octet))
      await pause(everyMs)
    }
    return true
  }

  async #flood(text: string, octets: number): Promise<boolean> {
    const chunk = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)))
    for (let sent = 0; sent < octets; sent += chunk.length) {
      if (this.#socket.destroyed) return false
      this.#state.octetsSent += chunk.length
      if (!this.#socket.write(chunk)) await nextOf(this.#socket, ['drain', 'close'])
    }
    return true
  }

  async #expectOctets(): Promise<boolean> {
    while (this.#buffer === '') {
      if (this.#socket.destroyed) return false
      await nextOf(this.#socket, ['heard', 'close'])
    }
    this.#buffer = ''
    return true
  }

  /** Resolves when the handshake is done: what is sent next comes after it, and a hang-up too. */
  async #secure(): Promise<boolean> {
    const { certificate, maxTlsVersion } = this.#options
    if (certificate === undefined) throw new Error('TLS needs a certificate')
    const old = maxTlsVersion !== undefined && maxTlsVersion < 'TLSv1.2'
    const secureContext = createSecureContext({
      key: certificate.key,
      cert: certificate.cert,
      // Level 0 lets a test server do what no server should.
      ciphers: 'DEFAULT@SECLEVEL=0',
      ...(maxTlsVersion === undefined ? {} : { maxVersion: maxTlsVersion, minVersion: old ? 'TLSv1' : 'TLSv1.2' }),
    })
    this.#socket.removeAllListeners('data')
    this.#buffer = ''
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext })
    this.#socket.on('error', () => this.#socket.destroy())
    this.#listen(this.#socket)
    await nextOf(this.#socket, ['secure', 'close'])
    return !this.#socket.destroyed
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#buffer += chunk.toString('latin1')
      if (!(socket instanceof TLSSocket)) this.#state.clear.push(chunk)
      socket.emit('heard')
    })
  }

  /** The next line in Latin-1, so that each character is an octet. Null when the client has gone. */
  async #nextLine(): Promise<string | null> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n')
      if (end !== -1) {
        const line = this.#buffer.slice(0, end)
        this.#buffer = this.#buffer.slice(end + 2)
        return line
      }
      if (this.#socket.destroyed || this.#socket.readableEnded) return null
      await nextOf(this.#socket, ['heard', 'end', 'close'])
    }
  }
}

/** Unlike events.once: an error is no rejection, `close` follows it. */
function nextOf(socket: Socket, events: readonly string[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = (): void => {
    for (const event of events) socket.off(event, done)
    resolve()
  }
  for (const event of events) socket.on(event, done)
  return promise
}

function pause(durationMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, durationMs)
  return promise
}
