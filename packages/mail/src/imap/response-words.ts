import { ProtocolViolation } from '../wire/line-stream.ts'
import type { ResponseLine } from '../wire/response-scanner.ts'
import { isNil, unescapeQuoted } from './fetch-values.ts'

/** A word: text, decoded from UTF-8; null is NIL. */
export type ResponseText = string | null

/** Of a response: a word, or a list of them. A list within a list is null. */
export type ResponseWord = ResponseText | readonly ResponseText[]

/** Longest literal that is read. A longer one is a word without text. */
const MAX_LITERAL_OCTETS = 65_536
/** More words than these, of a response or a list, are not kept. */
const MAX_WORDS = 2_000
/** Deeper lists than any response has. */
const MAX_DEPTH = 100

const SPACE = 0x20
const QUOTE = 0x22
const PERCENT = 0x25
const OPEN = 0x28
const CLOSE = 0x29
const STAR = 0x2a
const BACKSLASH = 0x5c
const BRACKET_CLOSE = 0x5d
const CURLY_OPEN = 0x7b
const DELETE = 0x7f

/** By octet: whether an atom that holds it is none (RFC 9051 section 9, ATOM-CHAR; a bracket and octets of UTF-8 are let pass). */
const BREAKS_ATOM = new Uint8Array(256)
for (const octet of [QUOTE, PERCENT, OPEN, CLOSE, STAR, BACKSLASH, CURLY_OPEN, DELETE]) BREAKS_ATOM[octet] = 1
BREAKS_ATOM.fill(1, 0, SPACE)

/**
 * The words of a small response, read line by line as its literals cut it: atoms, strings quoted or as literals, NIL, lists of them. What does not
 * hold together makes it odd, and its words are worth nothing. Pure.
 */
export class ResponseWords {
  words: ResponseWord[] = []
  /** Something in it is not as the protocol has it. */
  isOdd = false
  #list: ResponseText[] = []
  #depth = 0
  #literal: Buffer | null = null
  #isAfterLiteral = false

  /** Forgets the response before. */
  begin(): void {
    this.words = []
    this.isOdd = false
    this.#depth = 0
    this.#literal = null
    this.#isAfterLiteral = false
  }

  /**
   * Reads one line. After the last one, which has no literal, the words are complete.
   * @returns where the literal that follows is to be written; null: nowhere
   * @throws ProtocolViolation where a literal is longer than was said: nobody knows any more what is a name and what is protocol
   */
  read({ octets, start, end, literal }: ResponseLine): Buffer | null {
    if (this.#isAfterLiteral) this.#endLiteral(octets, start, end)
    for (let at = start; at < end;) {
      const octet = octets[at]
      if (octet === SPACE) at += 1
      else if (octet === OPEN || octet === CLOSE) at = octet === OPEN ? this.#open(at) : this.#close(at)
      else at = octet === QUOTE ? this.#readQuoted(octets, at, end) : this.#readAtom(octets, at, end)
    }
    if (literal === -1) {
      if (this.#depth > 0) this.isOdd = true
      return null
    }
    this.#isAfterLiteral = true
    this.#literal = literal > MAX_LITERAL_OCTETS ? null : Buffer.alloc(literal)
    return this.#literal
  }

  #open(at: number): number {
    this.#depth += 1
    if (this.#depth === 1) this.#list = []
    else if (this.#depth === 2) this.#keep(this.#list, null)
    if (this.#depth > MAX_DEPTH) this.isOdd = true
    return at + 1
  }

  #close(at: number): number {
    if (this.#depth === 0) this.isOdd = true
    else if (this.#depth === 1) this.#keep(this.words, this.#list)
    this.#depth = Math.max(0, this.#depth - 1)
    return at + 1
  }

  #readQuoted(octets: Buffer, start: number, end: number): number {
    let hasEscapes = false
    let at = start + 1
    for (; at < end && octets[at] !== QUOTE; at += 1) {
      if (octets[at] === BACKSLASH) {
        hasEscapes = true
        at += 1
      }
    }
    if (at >= end) this.isOdd = true
    else this.#take(hasEscapes ? unescapeQuoted(octets, start + 1, at).toString() : octets.toString('utf8', start + 1, at))
    return at + 1
  }

  /** Flags begin with a backslash. There are servers that put no blank between two: the second one begins at its own. */
  #readAtom(octets: Buffer, start: number, end: number): number {
    const isFlag = octets[start] === BACKSLASH
    let at = start + 1
    if (isFlag && octets[at] === STAR && at < end) at += 1
    else if (!isFlag && octets[start] !== PERCENT && isBreak(octets, start)) this.isOdd = true
    else if (octets[start] === BRACKET_CLOSE) this.isOdd = true
    for (; at < end && octets[at] !== SPACE; at += 1) {
      const octet = octets[at]
      if (octet === CLOSE && this.#depth > 0) break
      if (octet === BACKSLASH && isFlag && this.#depth > 0 && at > start + 1 && isFlagLetter(octets, at + 1, end)) break
      if (isBreak(octets, at)) this.isOdd = true
    }
    this.#take(isNil(octets, start, at) ? null : octets.toString('utf8', start, at))
    return at
  }

  #endLiteral(octets: Buffer, start: number, end: number): void {
    this.#isAfterLiteral = false
    // ADR 0015: not one octet of a name is taken for protocol (faults B6).
    if (start < end && octets[start] !== SPACE && octets[start] !== CLOSE)
      throw new ProtocolViolation('a literal longer than it was said to be')
    this.#take(this.#literal?.toString() ?? '')
    this.#literal = null
  }

  #take(word: ResponseText): void {
    if (this.#depth <= 1) this.#keep(this.#depth === 0 ? this.words : this.#list, word)
  }

  #keep<T>(words: T[], word: T): void {
    if (words.length < MAX_WORDS) words.push(word)
  }
}

function isBreak(octets: Buffer, at: number): boolean {
  return BREAKS_ATOM[octets[at] ?? 0] === 1
}

/** What a flag can begin with behind its backslash. */
function isFlagLetter(octets: Buffer, at: number, end: number): boolean {
  return at < end && octets[at] !== SPACE && (octets[at] === STAR || (!isBreak(octets, at) && (octets[at] ?? 0) < DELETE))
}
