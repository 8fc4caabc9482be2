import type { Socket } from 'node:net'
import { ConnectionLost, type LineStream } from '../wire/line-stream.ts'
import { readReplyLines, readSmtpReply, type SmtpReply } from './smtp-reply.ts'

/** For a server that does not even take the QUIT. */
const CLOSE_DEADLINE_MS = 1000

/**
 * Commands and replies on a secured connection (RFC 5321 section 4.2). Between two conversations it rests: what a server says then was not
 * asked for (a 421, the end), and the connection is closed, so that no later reply is taken for the answer to something else.
 */
export class SubmissionDialogue {
  readonly #socket: Socket
  readonly #lines: LineStream
  #awake = true

  constructor(socket: Socket, lines: LineStream) {
    this.#socket = socket
    this.#lines = lines
    socket.on('readable', () => {
      if (!this.#awake) socket.destroy()
      // Nobody may be reading; without this the end of the connection would wait for somebody who does.
      else if (socket.readableLength === 0) socket.read(0)
    })
  }

  /** Open in both directions, as far as is known here. */
  get usable(): boolean {
    return this.#socket.writable && !this.#socket.readableEnded && !this.#socket.destroyed
  }

  /** The server has said something that nobody has read yet. */
  get hasUnread(): boolean {
    return this.#lines.unreadOctets > 0
  }

  /** The beginning of one. A second at the same time would mix their replies. */
  wake(): void {
    if (this.#awake) throw new Error('the connection is in use')
    this.#awake = true
  }

  /** The end of a conversation. What is still unread condemns the connection. */
  rest(): void {
    this.#awake = false
    if (this.hasUnread || !this.usable) this.#socket.destroy()
  }

  /** One command and its reply. A write that fails is told by the read: what a server said before it hung up comes first. */
  async say(command: string): Promise<SmtpReply> {
    this.tell([command])
    return this.hear()
  }

  /** The same for EHLO: the reply line by line. */
  async sayForLines(command: string): Promise<{ readonly replyCode: number; readonly texts: readonly string[] }> {
    this.tell([command])
    this.#lines.renewAllowance()
    return readReplyLines(this.#lines)
  }

  /** Commands whose replies are read later, one `hear` each. */
  tell(commands: readonly string[]): void {
    this.#lines.write(commands.map((command) => `${command}\r\n`).join(''))
  }

  /** @throws ConnectionLost, ProtocolViolation. */
  hear(): Promise<SmtpReply> {
    this.#lines.renewAllowance()
    return readSmtpReply(this.#lines)
  }

  /**
   * Hands octets over, and resolves when the system has taken them.
   *
   * @throws ConnectionLost
   */
  async push(octets: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onClose = (): void => reject(new ConnectionLost('the server closed the connection'))
    this.#socket.once('close', onClose)
    this.#socket.write(octets, (cause) => {
      if (cause === undefined || cause === null) resolve()
      else reject(new ConnectionLost('the server closed the connection', { cause }))
    })
    try {
      await promise
    } finally {
      this.#socket.off('close', onClose)
    }
  }

  /** QUIT (RFC 5321 section 4.1.1.10), without waiting: its reply would tell us nothing. */
  close(): void {
    if (this.usable) this.tell(['QUIT'])
    this.#socket.destroySoon()
    const end = setTimeout(() => this.#socket.destroy(), CLOSE_DEADLINE_MS)
    this.#socket.once('close', () => clearTimeout(end))
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
