import type { ResponseLine } from '../wire/response-scanner.ts'
import type { LineAnswer } from './bulk-answer.ts'
import { ResponseWords, type ResponseText } from './response-words.ts'

/** One LIST response (RFC 9051 section 7.3.1), its name as the server sent it. */
export interface ListLine {
  /** Attributes, in the server's spelling. */
  readonly flags: ReadonlySet<string>
  /** Null: the name has no levels. */
  readonly delimiter: ResponseText
  readonly name: string
}

/** One STATUS response (RFC 9051 section 7.3.4), its name as the server sent it. */
export interface StatusLine {
  readonly name: string
  /** Digits, by the item in upper case. */
  readonly items: ReadonlyMap<string, string>
}

/** An attribute, a name or a number is far shorter. */
const MAX_LINE_OCTETS = 1 << 20
/** Twice the mailboxes that are kept, so that one may be told of again. */
const MAX_LINES = 20_000
/** Of all lines that are kept: ten thousand mailboxes are told of in one or two. */
const MAX_KEPT_OCTETS = 16 << 20

/** Collects what is answered to LIST with STATUS (RFC 5819): responses of both kinds, in any order. Pure. */
export class ListAnswer implements LineAnswer {
  readonly kind = 'lines'
  readonly maxLineOctets = MAX_LINE_OCTETS
  readonly listed: ListLine[] = []
  readonly told: StatusLine[] = []
  /** Something was not as the protocol has it, or there was more than is kept: nothing of it should be believed. */
  isOdd = false
  readonly #response = new ResponseWords()
  #keyword = ''
  #octets = 0

  begin(keyword: string): boolean {
    if (keyword !== 'LIST' && keyword !== 'STATUS') return false
    this.#keyword = keyword
    this.#response.begin()
    return true
  }

  read(line: ResponseLine): Buffer | null {
    const memory = this.#response.read(line)
    this.#octets += line.end - line.start + Math.max(0, line.literal)
    if (line.literal === -1) this.#keep()
    return memory
  }

  #keep(): void {
    const { words, isOdd } = this.#response
    const kept = this.#keyword === 'LIST' ? this.listed : this.told
    if (this.isOdd || isOdd || kept.length >= MAX_LINES || this.#octets > MAX_KEPT_OCTETS) {
      this.isOdd = true
    } else if (this.#keyword === 'LIST') {
      const [flags, delimiter, name] = words
      this.listed.push({ flags: new Set(readTexts(flags)), delimiter: readText(delimiter), name: readText(name) ?? '' })
    } else {
      const [name, items] = words
      if (Array.isArray(items)) this.told.push({ name: readText(name) ?? '', items: readPairs(items) })
    }
  }
}

function readText(word: unknown): ResponseText {
  return typeof word === 'string' ? word : null
}

function readTexts(word: unknown): string[] {
  return Array.isArray(word) ? word.filter((text) => typeof text === 'string' && text !== '') : []
}

/** A name, its value, a name, its value. Numbers have 63 bits at most (RFC 9051 section 9, number64): so many digits. What is no number was not told. */
function readPairs(words: readonly ResponseText[]): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  for (let at = 0; at + 1 < words.length; at += 2) {
    const [name, value] = [words[at], words[at + 1]]
    if (typeof name === 'string' && typeof value === 'string' && /^\d{1,19}$/u.test(value)) pairs.set(name.toUpperCase(), value)
  }
  return pairs
}
