import type { ResponseLine } from '../wire/response-scanner.ts'
import { ProtocolViolation } from '../wire/line-stream.ts'
import { findFetchItem, type FetchItem } from './fetch-item.ts'
import { clearFetchRow, newFetchRow, type FetchRow } from './fetch-row.ts'
import { isNil, readEmailId, readModseq, readNumber, unescapeQuoted } from './fetch-values.ts'
import { sortFlagWords, type FlagWords } from './flag-words.ts'
import { readInternalDate } from './read-internal-date.ts'
import { MAX_UID } from './uid-set.ts'

/** Memory for a header or a source of so many octets; null: it is not wanted. Of what is longer than the memory, the rest is dropped. */
export type ClaimContent = (row: FetchRow, item: 'header' | 'source', octets: number) => Buffer | null

/** Deeper lists than any item has are an attack on who reads them (faults B8). */
const MAX_DEPTH = 100
/** Longest literal that is read where a word is expected. */
const MAX_WORD_OCTETS = 65_536
/** More flags than these, and the rest is not kept. */
const MAX_FLAG_WORDS = 2_000
/** Lists of flags that are told again and again are sorted once. */
const MAX_KNOWN_FLAG_LISTS = 1_000

const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const BRACKET_OPEN = 0x5b
const BACKSLASH = 0x5c
const BRACKET_CLOSE = 0x5d
const CURLY_OPEN = 0x7b
/** By octet: whether a name ends there, or a section begins. */
const ENDS_NAME = new Uint8Array(256)
for (const octet of [SPACE, QUOTE, OPEN, CLOSE, BRACKET_OPEN]) ENDS_NAME[octet] = 1
const EMPTY: Buffer = Buffer.alloc(0)

/**
 * Reads the parenthesised list of one FETCH response (RFC 9051 section 7.5.2), line by line as its literals cut it: items in any order and
 * case, strings quoted or as literals, lists of any shape in items we never asked for. Pure, but for the memory it claims.
 *
 * @throws ProtocolViolation when the list does not hold together: then nobody knows any more what is content and what is protocol
 */
export class FetchRowReader {
  readonly row: FetchRow = newFetchRow()
  readonly #claim: ClaimContent
  readonly #knownFlags = new Map<string, FlagWords>()
  /** 0 before the list, 1 among the items, more in lists of an item. -1 after it. */
  #depth = 0
  /** Whose value comes next; null: a name does. */
  #item: FetchItem | null = null
  /** In a `[` of a name that a literal has cut. */
  #inSection = false
  #words: string[] = []
  /** What the literal is read to that lies before the next line. */
  #literal: Buffer | null = null
  #afterLiteral = false

  constructor(claim: ClaimContent) {
    this.#claim = claim
  }

  /** Forgets the row. */
  begin(seq: number): void {
    clearFetchRow(this.row)
    this.row.seq = seq
    this.#depth = 0
    this.#item = null
    this.#inSection = false
    this.#words = []
    this.#literal = null
    this.#afterLiteral = false
  }

  /**
   * Reads one line; the first begins behind the word FETCH. After the last one, which has no literal, the row is complete.
   * @returns where the literal that follows is to be written; null: nowhere
   */
  read({ octets, start, end, literal }: ResponseLine): Buffer | null {
    if (this.#afterLiteral) this.#endLiteral(octets, start, end)
    let at = this.#inSection ? this.#readSection(octets, start, end) : start
    while (at < end) {
      const octet = octets[at]
      if (octet === SPACE) at += 1
      else if (this.#depth === 1 && this.#item === null && octet !== CLOSE) at = this.#readName(octets, at, end)
      else if (octet === OPEN) at = this.#open(octets, at, end)
      else if (octet === CLOSE) at = this.#close(at)
      else if (this.#depth <= 0) throw violation('FETCH without a list', octets.subarray(at, end))
      else at = octet === QUOTE ? this.#readQuoted(octets, at, end) : this.#readAtom(octets, at, end)
    }
    if (literal === -1) {
      if (this.#depth > 0) throw violation('FETCH without an end', octets.subarray(start, end))
      return null
    }
    return this.#beginLiteral(literal)
  }

  #readName(octets: Buffer, start: number, end: number): number {
    let at = start
    for (; at < end; at += 1) {
      const octet = octets[at] ?? 0
      if (ENDS_NAME[octet] === 0) continue
      if (octet !== BRACKET_OPEN) break
      const sectionEnd = octets.indexOf(BRACKET_CLOSE, at)
      if (sectionEnd === -1 || sectionEnd >= end) {
        this.#inSection = true
        return end
      }
      at = sectionEnd
    }
    // A name has at least one octet, whatever it is: the loop of read() always goes on.
    at = Math.max(at, start + 1)
    this.#item = findFetchItem(octets, start, at)
    return at
  }

  /** The rest of a section a literal was in: nothing we ask for has one. */
  #readSection(octets: Buffer, start: number, end: number): number {
    const sectionEnd = octets.indexOf(BRACKET_CLOSE, start)
    if (sectionEnd === -1 || sectionEnd >= end) return end
    this.#inSection = false
    this.#item = 'other'
    const next = octets.indexOf(SPACE, sectionEnd)
    return next === -1 || next >= end ? end : next
  }

  #open(octets: Buffer, at: number, end: number): number {
    if (this.#depth === -1) throw violation('FETCH with two lists', octets.subarray(at, end))
    if (this.#depth === 1 && this.#item === 'flags') {
      const closed = this.#readPlainFlags(octets, at + 1, end)
      if (closed !== -1) return closed
    }
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new ProtocolViolation('lists in lists without end')
    return at + 1
  }

  #close(at: number): number {
    if (this.#depth <= 0) throw new ProtocolViolation('a list that ends twice')
    this.#depth -= 1
    if (this.#depth === 0) this.#depth = -1
    else if (this.#depth === 1) this.#endItem()
    return at + 1
  }

  /** A list of flags that are atoms, all on this line. @returns where it ends; -1: it is another */
  #readPlainFlags(octets: Buffer, start: number, end: number): number {
    let at = start
    for (; at < end && octets[at] !== CLOSE; at += 1) {
      const octet = octets[at]
      if (octet === QUOTE || octet === OPEN || octet === CURLY_OPEN) return -1
    }
    if (at >= end) return -1
    const list = octets.toString('utf8', start, at)
    let known = this.#knownFlags.get(list)
    if (known === undefined) {
      known = sortFlagWords(list.split(' ', MAX_FLAG_WORDS))
      if (this.#knownFlags.size < MAX_KNOWN_FLAG_LISTS && list.length < 1000) this.#knownFlags.set(list, known)
    }
    this.row.flags = known
    this.#item = null
    return at + 1
  }

  #readAtom(octets: Buffer, start: number, end: number): number {
    let at = start
    for (; at < end; at += 1) {
      const octet = octets[at]
      if (octet === SPACE || octet === OPEN || octet === CLOSE) break
    }
    // NIL in place of a string is a string of no octets.
    if (this.#isString() && isNil(octets, start, at)) this.#take(EMPTY, 0, 0)
    else this.#take(octets, start, at)
    return at
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
    if (at >= end) throw violation('a string without an end', octets.subarray(start, end))
    if (hasEscapes) {
      const text = unescapeQuoted(octets, start + 1, at)
      this.#take(text, 0, text.length)
    } else {
      this.#take(octets, start + 1, at)
    }
    return at + 1
  }

  #isString(): boolean {
    return this.#item === 'emailId' || this.#item === 'header' || this.#item === 'source'
  }

  /** A value, or a word in a list of an item. */
  #take(octets: Buffer, start: number, end: number): void {
    const { row } = this
    switch (this.#item) {
      case 'uid':
        row.uid = readNumber(octets, start, end)
        if (row.uid < 1 || row.uid > MAX_UID) row.uid = 0
        break
      case 'size':
        row.sizeOctets = Math.max(0, readNumber(octets, start, end))
        break
      case 'modseq':
        row.modseq = readModseq(octets, start, end)
        break
      case 'flags':
        if (this.#depth === 2 && this.#words.length < MAX_FLAG_WORDS)
          this.#words.push(octets.toString('utf8', start, Math.min(end, start + 1100)))
        break
      case 'internalDate':
        row.internalDate = readInternalDate(octets.toString('latin1', start, Math.min(end, start + 200)))
        break
      case 'emailId':
        row.emailId ??= readEmailId(octets.toString('utf8', start, Math.min(end, start + 1100)))
        break
      case 'header':
      case 'source':
        this.#takeContent(this.#item, octets.subarray(start, end))
        break
      case 'other':
      case null:
        break
      default:
        return this.#item satisfies never
    }
    if (this.#depth === 1) this.#endItem()
  }

  /** A content that came as a quoted string, or NIL. */
  #takeContent(item: 'header' | 'source', octets: Buffer): void {
    const memory = this.#claim(this.row, item, octets.length)
    if (memory === null) return
    octets.copy(memory)
    this.row[item] = memory
  }

  #endItem(): void {
    if (this.#item === 'flags') {
      this.row.flags = sortFlagWords(this.#words)
      this.#words = []
    }
    this.#item = null
  }

  #beginLiteral(octets: number): Buffer | null {
    this.#afterLiteral = true
    if (this.#inSection || this.#item === null || this.#depth < 1) {
      if (!this.#inSection) throw new ProtocolViolation('a literal where a name belongs')
      this.#literal = null
    } else if (this.#item === 'header' || this.#item === 'source') {
      this.#literal = this.#claim(this.row, this.#item, octets)
    } else {
      this.#literal = this.#item === 'other' || octets > MAX_WORD_OCTETS ? null : Buffer.alloc(octets)
    }
    return this.#literal
  }

  #endLiteral(octets: Buffer, start: number, end: number): void {
    this.#afterLiteral = false
    if (this.#inSection) return
    // A literal that was longer than the server said goes on here: not one octet of a message is taken for protocol (faults B6).
    if (start < end && octets[start] !== SPACE && octets[start] !== CLOSE)
      throw new ProtocolViolation('a literal longer than it was said to be')
    const literal = this.#literal
    this.#literal = null
    if (this.#item === 'header' || this.#item === 'source') {
      this.row[this.#item] = literal ?? this.row[this.#item]
      if (this.#depth === 1) this.#endItem()
    } else {
      this.#take(literal ?? EMPTY, 0, literal?.length ?? 0)
    }
  }
}

function violation(what: string, octets: Buffer): ProtocolViolation {
  return new ProtocolViolation(what, octets.toString('latin1', 0, 200))
}
