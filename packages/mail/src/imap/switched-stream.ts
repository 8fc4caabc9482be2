import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { ConnectionLost } from '../wire/line-stream.ts'
import type { ResponseLimits } from '../wire/response-scanner.ts'
import { ImapSwitchboard } from './imap-switchboard.ts'

/**
 * A connection that two can use: the library, for which this is its socket, and we, by the switchboard. What the library writes while a
 * command of ours is on the wire waits until it is answered. Destroying either end destroys both.
 */
export class SwitchedStream extends Duplex {
  readonly switchboard: ImapSwitchboard
  readonly #socket: TLSSocket
  #held: (() => void) | null = null

  /** The socket belongs to the stream from now on. */
  constructor(socket: TLSSocket, limits: ResponseLimits) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    this.switchboard = new ImapSwitchboard(
      {
        write: (command) => socket.write(command, 'latin1'),
        pass: (octets) => {
          if (!this.push(octets)) socket.pause()
        },
        rest: () => this.#release(),
      },
      limits,
    )
    socket.on('error', (error) => this.destroy(error))
    socket.on('end', () => this.#end())
    socket.on('close', () => this.destroy())
    socket.on('timeout', () => this.emit('timeout'))
    socket.on('data', (chunk: Buffer) => this.#hear(chunk))
  }

  /** Inactivity of the socket, as net.Socket has it: the library sets it, and hears of it by `timeout`. */
  setTimeout(timeoutMs: number): this {
    this.#socket.setTimeout(timeoutMs)
    return this
  }

  setKeepAlive(enable?: boolean, initialDelayMs?: number): this {
    this.#socket.setKeepAlive(enable, initialDelayMs)
    return this
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#held = () => {
      this.switchboard.library.noteWrite(chunk)
      this.#socket.write(chunk, callback)
    }
    if (this.switchboard.passesAll) this.#release()
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#socket.end()
    callback()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.switchboard.fail(error ?? new ConnectionLost('the connection was closed'))
    this.#socket.destroy()
    callback(error)
  }

  #release(): void {
    const write = this.#held
    this.#held = null
    write?.()
  }

  #end(): void {
    this.switchboard.fail(new ConnectionLost('the server closed the connection'))
    this.push(null)
  }

  /** What cannot be read any further ends the connection; the command that was being answered knows why. */
  #hear(chunk: Buffer): void {
    try {
      this.switchboard.push(chunk)
    } catch (error) {
      this.switchboard.fail(error instanceof Error ? error : new Error('not an error', { cause: error }))
      this.destroy()
    }
  }
}
