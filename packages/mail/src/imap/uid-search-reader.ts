import type { ResponseLine } from '../wire/response-scanner.ts'
import type { LineAnswer } from './bulk-answer.ts'
import { MAX_UID } from './uid-set.ts'

/** More messages than any mailbox we read has. */
const MAX_FOUND = 1 << 23
/** UIDs a range may name beyond the messages there are: a server may be slow to tell of them, `1:4294967295` is none. */
const RANGE_SLACK = 100_000

const SPACE = 0x20
const OPEN = 0x28
const CLOSE = 0x29
const COLON = 0x3a
const COMMA = 0x2c
/** A SEARCH line lists each message: 16 MB are some two millions of them. */
const SEARCH_LINE_OCTETS = 16 << 20
/** In upper case. */
const ALL = [0x41, 0x4c, 0x4c]
const CASE_BIT = 0x20

/**
 * Collects the UIDs of an answer to UID SEARCH: of SEARCH lines (RFC 3501 section 7.2.5), which list each, and of ESEARCH lines (RFC 4731
 * section 3.1), which name ranges. An octet at a time: an answer has as many megabytes as a mailbox has million messages. Pure.
 */
export class UidSearchReader {
  readonly #found: number[] = []
  readonly #budget: number
  #ranged = 0
  #isAscending = true
  /** Lists in lists are read over, also where a literal cuts them. */
  #depth = 0
  #isExtended = false
  /** Of ESEARCH: what the next word is. */
  #expects: 'name' | 'value' | 'set' = 'name'

  /** @param exists messages of the mailbox: more UIDs than these, and some, are not made of a range */
  constructor(exists: number) {
    this.#budget = exists + RANGE_SLACK
  }

  /** Whether there was a response at all. A server that found nothing says so too (RFC 4731 section 3.1). */
  isAnswered = false

  /** A response begins. */
  begin(isExtended: boolean): void {
    this.isAnswered = true
    this.#depth = 0
    this.#isExtended = isExtended
    this.#expects = 'name'
  }

  /** Reads one line; the first begins behind the word SEARCH or ESEARCH. */
  read({ octets, start, end }: ResponseLine): void {
    let at = start
    while (at < end) {
      const octet = octets[at]
      if (octet === SPACE) {
        at += 1
      } else if (octet === OPEN || octet === CLOSE) {
        this.#depth = Math.max(0, this.#depth + (octet === OPEN ? 1 : -1))
        if (this.#depth === 0 && this.#expects === 'value') this.#expects = 'name'
        at += 1
      } else {
        at = this.#readWord(octets, at, end)
      }
    }
  }

  /** What was found: ascending, each once. */
  finish(): number[] {
    if (this.#isAscending) return this.#found
    const sorted = Float64Array.from(this.#found).toSorted()
    let kept = 0
    for (const uid of sorted) {
      if (kept === 0 || uid !== this.#found[kept - 1]) {
        this.#found[kept] = uid
        kept += 1
      }
    }
    this.#found.length = kept
    return this.#found
  }

  #readWord(octets: Buffer, start: number, end: number): number {
    if (this.#depth === 0 && (!this.#isExtended || this.#expects === 'set')) {
      this.#expects = 'name'
      return this.#readSet(octets, start, end)
    }
    let at = start
    while (at < end && octets[at] !== SPACE && octets[at] !== OPEN && octets[at] !== CLOSE) at += 1
    if (this.#depth === 0) this.#expects = this.#expects === 'value' ? 'name' : expectAfter(octets, start, at)
    return at
  }

  /** A number, or ranges with commas between. What is none of it is read over, up to the next comma. */
  #readSet(octets: Buffer, start: number, end: number): number {
    let first = 0
    let value = 0
    let isValid = true
    let at = start
    for (; at < end; at += 1) {
      const octet = octets[at] ?? SPACE
      const digit = octet - 0x30
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit
      } else if (octet === COLON && first === 0) {
        first = value === 0 ? Number.NaN : value
        value = 0
      } else if (octet === COMMA || octet === SPACE || octet === OPEN || octet === CLOSE) {
        if (isValid) this.#add(first, value)
        first = 0
        value = 0
        isValid = true
        if (octet !== COMMA) return at
      } else {
        isValid = false
      }
    }
    if (isValid) this.#add(first, value)
    return at
  }

  #add(first: number, last: number): void {
    if (!(last >= 1 && last <= MAX_UID)) return
    if (first === 0) {
      this.#keep(last)
      return
    }
    if (!(first >= 1 && first <= MAX_UID)) return
    const to = Math.max(first, last)
    for (let uid = Math.min(first, last); uid <= to && this.#ranged < this.#budget; uid += 1) {
      this.#ranged += 1
      this.#keep(uid)
    }
  }

  #keep(uid: number): void {
    const found = this.#found
    if (found.length >= MAX_FOUND) return
    if (found.length > 0 && uid <= (found[found.length - 1] ?? 0)) this.#isAscending = false
    found.push(uid)
  }
}

/** Gives a reader what is answered to UID SEARCH. */
export function answerSearch(reader: UidSearchReader): LineAnswer {
  return {
    kind: 'lines',
    maxLineOctets: SEARCH_LINE_OCTETS,
    begin: (keyword) => {
      const isAnswer = keyword === 'SEARCH' || keyword === 'ESEARCH'
      if (isAnswer) reader.begin(keyword === 'ESEARCH')
      return isAnswer
    },
    read: (line) => {
      reader.read(line)
      return null
    },
  }
}

/** After the name of a result comes its value; UID, which says that there are UIDs, has none. */
function expectAfter(octets: Buffer, start: number, end: number): 'name' | 'value' | 'set' {
  const isAll = end - start === ALL.length && ALL.every((letter, index) => ((octets[start + index] ?? 0) & ~CASE_BIT) === letter)
  if (isAll) return 'set'
  return octets.toString('latin1', start, Math.min(end, start + 4)).toUpperCase() === 'UID' ? 'name' : 'value'
}
