import { LineCarry } from './line-carry.ts'
import { ProtocolViolation } from './line-stream.ts'

/** A line of a response, up to its end or to a literal. The object and the octets are only valid while they are read. */
export interface ResponseLine {
  octets: Buffer
  start: number
  /** Without CRLF, and without the marker of a literal. */
  end: number
  /** Octets of the literal that follows; -1 when the response ends here. */
  literal: number
}

/** Who gets what a server says. */
export interface ResponseSink {
  /** Nobody reads at the moment: responses go on at once, octet by octet. */
  readonly passesAll: boolean
  /** Longest line that is read. What is passed on is not measured. */
  readonly maxLineOctets: number
  /** First line of a response: whether the whole response is passed on. */
  passes(line: ResponseLine): boolean
  /** First line of a response that was passed on without asking. */
  notice(line: ResponseLine): void
  /** A line of a response that is read. @returns where its literal is to be written, as much as has room; null: nowhere */
  read(line: ResponseLine): Buffer | null
  /** Octets of responses that are passed on, in order. Only whole responses, over several calls. */
  pass(octets: Buffer): void
}

export interface ResponseLimits {
  readonly maxLiteralOctets: number
  /** Of one response, with its literals. */
  readonly maxResponseOctets: number
}

const LF = 0x0a
const CR = 0x0d
const CURLY_OPEN = 0x7b
const CURLY_CLOSE = 0x7d
const PLUS = 0x2b
const TILDE = 0x7e

/**
 * Cuts what a server says into responses: lines, and literals between them (RFC 9051 section 4.3, RFC 3516 for `~{n}`). A pure state
 * machine: however the octets are cut into chunks, the sink hears the same. A literal is copied once, from the chunk to where it belongs.
 *
 * @throws ProtocolViolation for what breaks the limits, and what the sink throws; the scanner cannot be used any more then
 */
export class ResponseScanner {
  readonly #sink: ResponseSink
  readonly #limits: ResponseLimits
  readonly #carry = new LineCarry()
  readonly #line: ResponseLine = { octets: Buffer.alloc(0), start: 0, end: 0, literal: -1 }
  /** Lines of the response so far; -1 between two responses. */
  #lines = -1
  #passing = false
  #literalLeft = 0
  #target: Buffer | null = null
  #targetAt = 0
  #responseOctets = 0
  /** Where in the chunk the octets begin that are passed on with the next call; -1: there are none. */
  #runFrom = -1

  constructor(sink: ResponseSink, limits: ResponseLimits) {
    this.#sink = sink
    this.#limits = limits
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      at = this.#literalLeft > 0 ? this.#readLiteral(chunk, at) : this.#readLine(chunk, at)
    }
    this.#endRun(chunk, chunk.length)
  }

  #readLiteral(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#literalLeft)
    if (this.#passing) {
      this.#beginRun(at)
    } else if (this.#target !== null && this.#targetAt < this.#target.length) {
      this.#targetAt += chunk.copy(this.#target, this.#targetAt, at, end)
    }
    this.#literalLeft -= end - at
    return end
  }

  #readLine(chunk: Buffer, at: number): number {
    const feed = chunk.indexOf(LF, at)
    const end = feed === -1 ? chunk.length : feed + 1
    if (this.#lines === -1 && this.#carry.length === 0 && this.#sink.passesAll) {
      this.#lines = 0
      this.#passing = true
    }
    const isPassed = this.#lines >= 0 && this.#passing
    if (isPassed) this.#beginRun(at)
    else this.#endRun(chunk, at)
    if (feed === -1) {
      this.#hold(chunk, at, end)
      return end
    }
    if (this.#carry.length === 0) {
      this.#setLine(chunk, at, end)
    } else {
      this.#hold(chunk, at, end)
      this.#setLine(this.#carry.octets, 0, this.#carry.length)
    }
    this.#hand(at, isPassed)
    this.#carry.clear()
    return end
  }

  /** Gives the line that is complete to whom it belongs. */
  #hand(at: number, wasPassed: boolean): void {
    const line = this.#line
    if (wasPassed) {
      if (this.#lines === 0) this.#sink.notice(line)
    } else if (this.#lines === -1) {
      this.#passing = this.#sink.passes(line)
      if (this.#passing && this.#carry.length > 0) this.#sink.pass(Buffer.from(this.#carry.octets.subarray(0, this.#carry.length)))
      else if (this.#passing) this.#beginRun(at)
    }
    if (!this.#passing) {
      this.#measure()
      this.#target = this.#sink.read(line)
      this.#targetAt = 0
    }
    this.#literalLeft = Math.max(0, line.literal)
    this.#lines = line.literal === -1 ? -1 : Math.max(0, this.#lines) + 1
    if (line.literal === -1) this.#responseOctets = 0
  }

  #measure(): void {
    const { octets, start, end, literal } = this.#line
    if (literal > this.#limits.maxLiteralOctets) throw new ProtocolViolation('oversized literal')
    this.#responseOctets += end - start + Math.max(0, literal)
    if (this.#responseOctets > this.#limits.maxResponseOctets) {
      throw new ProtocolViolation('oversized response', octets.toString('latin1', start, Math.min(end, start + 200)))
    }
  }

  /** Keeps the beginning of a line. Of a line that is passed on no more than it takes to look at it: who reads it has limits of its own. */
  #hold(chunk: Buffer, start: number, end: number): void {
    const isTooLong = this.#carry.length + end - start > this.#sink.maxLineOctets
    if (!isTooLong) {
      this.#carry.append(chunk, start, end)
    } else if (this.#lines === -1 || !this.#passing) {
      throw new ProtocolViolation('endless line', this.#carry.octets.toString('latin1', 0, Math.min(200, this.#carry.length)))
    }
  }

  #setLine(octets: Buffer, start: number, end: number): void {
    const line = this.#line
    line.octets = octets
    line.start = start
    line.end = octets[end - 1] === LF ? end - 1 : end
    if (line.end > start && octets[line.end - 1] === CR) line.end -= 1
    line.literal = -1
    if (octets[line.end - 1] === CURLY_CLOSE && line.end > start) cutLiteralMarker(line)
  }

  #beginRun(at: number): void {
    if (this.#runFrom === -1) this.#runFrom = at
  }

  #endRun(chunk: Buffer, at: number): void {
    if (this.#runFrom === -1) return
    const run = chunk.subarray(this.#runFrom, at)
    this.#runFrom = -1
    if (run.length > 0) this.#sink.pass(run)
  }
}

/** `{n}`, `{n+}` or `~{n}` at the end of a line. A number beyond every limit stays one. */
function cutLiteralMarker(line: ResponseLine): void {
  const { octets, start } = line
  let at = line.end - 2
  if (octets[at] === PLUS) at -= 1
  const last = at
  while (at > start && isDigit(octets[at])) at -= 1
  if (at === last || octets[at] !== CURLY_OPEN) return
  line.literal = Math.min(Number.MAX_SAFE_INTEGER, Number(octets.toString('latin1', at + 1, last + 1)))
  line.end = at > start && octets[at - 1] === TILDE ? at - 1 : at
}

function isDigit(octet: number | undefined): boolean {
  return octet !== undefined && octet >= 0x30 && octet <= 0x39
}
