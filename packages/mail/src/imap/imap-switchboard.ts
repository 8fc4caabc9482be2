import { randomBytes } from 'node:crypto'
import { ServerRefusal } from '../refusal.ts'
import { decodeLine, ProtocolViolation } from '../wire/line-stream.ts'
import { ResponseScanner, type ResponseLimits, type ResponseLine, type ResponseSink } from '../wire/response-scanner.ts'
import type { BulkAnswer } from './bulk-answer.ts'
import { FetchDesk } from './fetch-desk.ts'
import { parseImapStatus, type ImapStatus } from './imap-response.ts'
import { LibraryCommands } from './library-commands.ts'
import { MailboxCount } from './mailbox-count.ts'
import { readResponseHead, type ResponseHead } from './response-head.ts'

/** Of FETCH. */
const LINE_OCTETS = 1 << 20
/** Commands on the wire at the same time: while one is read, the server works on the next. */
const MAX_IN_FLIGHT = 2

interface BulkCommand {
  readonly tag: string
  readonly answer: BulkAnswer
  readonly settled: PromiseWithResolvers<void>
}

/** What the switchboard does to the world. */
export interface SwitchboardHands {
  /** To the server. */
  write(command: string): void
  /** To the library. */
  pass(octets: Buffer): void
  /** All our commands are answered: the library may write again. */
  rest(): void
}

/**
 * Decides of every response whom it is for: answers to our own commands are read here, everything else goes on to the library, in order
 * and octet by octet (ADR 0015). While a command of ours is on the wire the library's have to wait, and the other way round.
 */
export class ImapSwitchboard implements ResponseSink {
  readonly count = new MailboxCount()
  readonly library = new LibraryCommands(this.count)
  readonly #hands: SwitchboardHands
  readonly #scanner: ResponseScanner
  readonly #desk: FetchDesk
  readonly #head: ResponseHead = { tag: '', number: -1, keyword: '', rest: 0 }
  /** Known to this connection only: no message can hold a line that ends a command. The library's tags are hexadecimal. */
  readonly #tagPrefix = `W${randomBytes(6).toString('hex').toUpperCase()}X`
  #commands = 0
  readonly #inFlight: BulkCommand[] = []
  readonly #waiting: (() => void)[] = []
  readonly #readRow = (line: ResponseLine): Buffer | null => this.#desk.read(line)
  #reads: (line: ResponseLine) => Buffer | null = () => null
  #failure: Error | null = null

  constructor(hands: SwitchboardHands, limits: ResponseLimits) {
    this.#hands = hands
    this.#scanner = new ResponseScanner(this, limits)
    this.#desk = new FetchDesk((news) => hands.pass(news))
  }

  /** Octets of the server. @throws ProtocolViolation, and what an answer throws; the connection is of no use then */
  push(chunk: Buffer): void {
    this.#scanner.push(chunk)
  }

  /**
   * Sends a command as soon as the line is free, and resolves with its tagged OK.
   * @throws ServerRefusal for NO, BAD and BYE; whatever `fail` was told
   */
  async run(command: string, answer: BulkAnswer): Promise<void> {
    while (this.#failure === null && !this.#isFree(answer)) {
      await (this.library.isBusy ? this.library.untilQuiet() : this.#untilAnswered())
    }
    if (this.#failure !== null) throw this.#failure
    this.#commands += 1
    const tag = `${this.#tagPrefix}${this.#commands}`
    const settled = Promise.withResolvers<void>()
    this.#inFlight.push({ tag, answer, settled })
    this.#refresh()
    this.#hands.write(`${tag} ${command}\r\n`)
    return settled.promise
  }

  /** The connection is gone: nothing is answered any more. Idempotent. */
  fail(error: Error): void {
    this.#failure ??= error
    for (const { settled } of this.#inFlight.splice(0)) settled.reject(this.#failure)
    this.library.forget()
    this.#refresh()
  }

  get passesAll(): boolean {
    return this.#inFlight.length === 0
  }

  get maxLineOctets(): number {
    const answer = this.#inFlight[0]?.answer
    return answer?.kind === 'lines' ? answer.maxLineOctets : LINE_OCTETS
  }

  passes(line: ResponseLine): boolean {
    const head = this.#head
    readResponseHead(line, head)
    const answer = this.#inFlight[0]?.answer
    if (head.tag === '*' && answer?.kind === 'fetch' && head.keyword === 'FETCH') {
      this.#desk.begin(head.number)
      return this.#take(line, head.rest, this.#readRow)
    }
    if (head.tag === '*' && answer?.kind === 'lines' && answer.begin(head.keyword)) {
      return this.#take(line, head.rest, (found) => answer.read(found))
    }
    const command = this.#inFlight.find(({ tag }) => tag === head.tag)
    if (command !== undefined) {
      this.#settle(command, line)
      return this.#take(line, line.end, () => null)
    }
    if (head.tag === '*' && head.keyword === 'BYE') this.#hearBye(line)
    this.library.noteResponse(head, line)
    return true
  }

  notice(line: ResponseLine): void {
    readResponseHead(line, this.#head)
    this.library.noteResponse(this.#head, line)
  }

  read(line: ResponseLine): Buffer | null {
    return this.#reads(line)
  }

  pass(octets: Buffer): void {
    this.#hands.pass(octets)
  }

  /** @returns that the response is not passed on */
  #take(line: ResponseLine, from: number, read: (line: ResponseLine) => Buffer | null): false {
    line.start = from
    this.#reads = read
    return false
  }

  #settle(command: BulkCommand, line: ResponseLine): void {
    const text = decodeLine(line.octets.subarray(line.start + command.tag.length, line.end))
    const status = parseImapStatus(text)
    if (status === null || status.status === 'PREAUTH') throw new ProtocolViolation('not an IMAP status', text)
    this.#inFlight.splice(this.#inFlight.indexOf(command), 1)
    if (status.status === 'OK' || isPartial(status)) command.settled.resolve()
    else command.settled.reject(toRefusal(status))
    this.#refresh()
  }

  #hearBye(line: ResponseLine): void {
    const status = parseImapStatus(decodeLine(line.octets.subarray(line.start + 1, line.end)))
    if (status !== null) this.fail(toRefusal(status))
  }

  #isFree(answer: BulkAnswer): boolean {
    if (this.library.isBusy) return false
    const [first] = this.#inFlight
    const goTogether = answer.kind === 'fetch' && first?.answer.kind === 'fetch' && this.#inFlight.length < MAX_IN_FLIGHT
    return first === undefined || goTogether
  }

  #refresh(): void {
    this.#desk.answers = this.#inFlight.flatMap(({ answer }) => (answer.kind === 'fetch' ? [answer] : []))
    for (const resolve of this.#waiting.splice(0)) resolve()
    if (this.#inFlight.length === 0 && this.#failure === null) {
      this.#desk.rest()
      this.#hands.rest()
    }
  }

  async #untilAnswered(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    await promise
  }
}

/** Some servers answer so when messages went away while they were fetched (RFC 2180 section 4.1.2): the rows that came are good. */
function isPartial({ status, text }: ImapStatus): boolean {
  return status === 'NO' && text.includes('Some of the requested messages no longer exist')
}

function toRefusal({ status, code, text }: ImapStatus): ServerRefusal {
  return new ServerRefusal({ responseStatus: status === 'BAD' || status === 'BYE' ? status : 'NO', responseCode: code, text })
}
