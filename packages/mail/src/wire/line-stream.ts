import type { Duplex } from 'node:stream'

/** The server closed the connection, or it broke. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

/** What the server said breaks the protocol, or a limit of ours. Carries what it said, as far as it was read. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation'
  readonly said: string

  constructor(message: string, said = '') {
    super(message)
    this.said = said
  }
}

/** RFC 7162 section 4 asks for 8 192 at least; lists of capabilities are longer here and there. */
const MAX_LINE_OCTETS = 32_768
const MAX_TOTAL_OCTETS = 262_144

/**
 * Lines of a server we do not trust yet: greeting, STARTTLS and login are read through here, before any library sees the socket. Reads by
 * demand, so a flood waits in the kernel and not in our memory; bounded per line and in all.
 */
export class LineStream {
  readonly #socket: Duplex
  #buffer: Buffer = Buffer.alloc(0)
  #totalOctets = 0
  #failure: Error | null = null

  constructor(socket: Duplex) {
    this.#socket = socket
    socket.on('error', this.#onError)
  }

  readonly #onError = (error: Error): void => {
    this.#failure ??= error
  }

  /** Octets that arrived and nobody asked for. After a STARTTLS reply there must be none (RFC 9051 section 6.2.1). */
  get unreadOctets(): number {
    return this.#buffer.length + this.#socket.readableLength
  }

  /** The next exchange may have as many octets as a whole dialogue up to the login. */
  renewAllowance(): void {
    this.#totalOctets = 0
  }

  write(data: string | Buffer): void {
    this.#socket.write(data)
  }

  /** The next line without its end. UTF-8, or Latin-1 where it is not valid UTF-8. */
  async readLine(): Promise<string> {
    for (let searched = 0; ;) {
      const end = this.#buffer.indexOf(0x0a, searched)
      if (end !== -1 && end <= MAX_LINE_OCTETS) return decodeLine(this.#take(end + 1))
      if (this.#buffer.length > MAX_LINE_OCTETS) throw new ProtocolViolation('endless line', decodeLine(this.#buffer.subarray(0, 200)))
      searched = this.#buffer.length
      await this.#fill()
    }
  }

  /** Reads exactly so many octets: a literal. */
  async readOctets(count: number): Promise<Buffer> {
    if (count > MAX_LINE_OCTETS) throw new ProtocolViolation('oversized literal')
    while (this.#buffer.length < count) await this.#fill()
    return this.#take(count)
  }

  /** Gives the socket back: what was read too much is put back first. The stream cannot be used any more. */
  release(prefix: string): void {
    this.#socket.off('error', this.#onError)
    const rest = Buffer.concat([Buffer.from(prefix), this.#take(this.#buffer.length)])
    if (rest.length > 0) this.#socket.unshift(rest)
  }

  #take(count: number): Buffer {
    const taken = this.#buffer.subarray(0, count)
    this.#buffer = this.#buffer.subarray(count)
    return taken
  }

  async #fill(): Promise<void> {
    for (;;) {
      const chunk = this.#socket.read() as Buffer | null
      if (chunk !== null) {
        this.#totalOctets += chunk.length
        if (this.#totalOctets > MAX_TOTAL_OCTETS) throw new ProtocolViolation('a flood')
        this.#buffer = Buffer.concat([this.#buffer, chunk])
        return
      }
      if (this.#socket.readableEnded || this.#socket.destroyed) {
        throw new ConnectionLost('the server closed the connection', this.#failure === null ? {} : { cause: this.#failure })
      }
      await this.#nextEvent()
    }
  }

  #nextEvent(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const events = ['readable', 'end', 'close', 'error'] as const
    const done = (): void => {
      for (const event of events) this.#socket.off(event, done)
      resolve()
    }
    for (const event of events) this.#socket.on(event, done)
    return promise
  }
}

/** A line as text: UTF-8, or Latin-1 where it is not valid UTF-8. Without its end. */
export function decodeLine(octets: Buffer): string {
  const text = octets.toString('utf8')
  return (text.includes('\uFFFD') ? octets.toString('latin1') : text).replace(/\r?\n$/u, '')
}
