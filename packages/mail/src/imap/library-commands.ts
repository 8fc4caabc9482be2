import type { ResponseLine } from '../wire/response-scanner.ts'
import type { MailboxCount } from './mailbox-count.ts'
import type { ResponseHead } from './response-head.ts'

const COMMAND = /^([0-9A-Z]+) (\S+)/u
const LITERAL_FOLLOWS = /\{\d+\+?\}\r\n$/u
/** Enough of a command to know it. */
const HEAD_OCTETS = 100

/**
 * Follows the library's commands by what it writes and what it is answered: whether one is on the wire, so that none of ours is sent
 * between IDLE and DONE, or into a literal. The library sends one at a time.
 */
export class LibraryCommands {
  readonly #count: MailboxCount
  #tag: string | null = null
  #isInLiteral = false
  readonly #waiting: (() => void)[] = []

  constructor(count: MailboxCount) {
    this.#count = count
  }

  get isBusy(): boolean {
    return this.#tag !== null
  }

  /** What the library writes: a command, a part of one, or DONE. */
  noteWrite(chunk: Buffer): void {
    const [, tag, name = ''] = this.#isInLiteral ? [] : (COMMAND.exec(chunk.toString('latin1', 0, HEAD_OCTETS)) ?? [])
    this.#isInLiteral = LITERAL_FOLLOWS.test(chunk.subarray(-HEAD_OCTETS).toString('latin1'))
    if (tag === undefined) return
    this.#tag = tag
    if (/^(?:SELECT|EXAMINE)$/iu.test(name)) this.#count.open()
  }

  /** What the library is told: the first line of a response. */
  noteResponse({ tag, number, keyword, rest }: ResponseHead, line: ResponseLine): void {
    if (tag !== '*') {
      // Some servers refuse a command without saying which. There is only one.
      if (tag === this.#tag || /^(?:NO|BAD)$/iu.test(tag)) this.forget()
    } else if (keyword === 'VANISHED') {
      this.#count.noteVanished(line.octets.toString('latin1', rest, line.end).trim())
    } else if (number >= 0) {
      this.#count.note(number, keyword)
    }
  }

  /** Resolves when no command is on the wire, or the connection is gone. */
  async untilQuiet(): Promise<void> {
    if (this.#tag === null) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    await promise
  }

  /** No command is on the wire any more. */
  forget(): void {
    this.#tag = null
    this.#isInLiteral = false
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
