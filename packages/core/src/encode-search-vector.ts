import { scanSearchTerms } from './scan-search-terms.ts'
import { SEARCH_LIMITS } from './search-terms.ts'

/** Where the terms of one part of a message count: PostgreSQL's weights, the subject's first (`setweight` in its documentation). */
export type SearchWeight = 'A' | 'B' | 'C' | 'D'

export interface SearchField {
  readonly weight: SearchWeight
  readonly text: string
}

const WEIGHTS: Readonly<Record<SearchWeight, number>> = { A: 3 << 14, B: 2 << 14, C: 1 << 14, D: 0 }

/** Of PostgreSQL ("Limitations" of its full text search): 256 positions of a lexeme. Its other limits, 16 383 and 2 kB, SEARCH_LIMITS do not reach. */
const MAX_POSITIONS = 255

/** A power of two, more than three times the terms there may be. */
const SLOTS = 16_384

/** One text after another is read with the same memory. Terms and occurrences are counted from 1; 0 is none. */
const vocabulary = {
  /** The octets of all terms, one behind the other. */
  octets: new Uint8Array(65_536),
  octetsEnd: 0,
  /** Of the term written last. */
  hash: 0,
  terms: 0,
  occurrences: 0,
  /** Hash table of terms, open addressing. */
  slots: new Uint16Array(SLOTS),
  slotOf: new Uint16Array(SEARCH_LIMITS.terms + 1),
  startOf: new Uint32Array(SEARCH_LIMITS.terms + 1),
  endOf: new Uint32Array(SEARCH_LIMITS.terms + 1),
  countOf: new Uint8Array(SEARCH_LIMITS.terms + 1),
  firstOf: new Uint16Array(SEARCH_LIMITS.terms + 1),
  lastOf: new Uint16Array(SEARCH_LIMITS.terms + 1),
  /** By occurrence: the position with its weight, and the next occurrence of the same term. */
  positionOf: new Uint16Array(SEARCH_LIMITS.terms + 1),
  nextOf: new Uint16Array(SEARCH_LIMITS.terms + 1),
}

interface TermRange {
  readonly text: string
  readonly start: number
  readonly end: number
}

/**
 * Groups the terms of fields (listSearchTerms), read in order, and writes them as PostgreSQL receives a `tsvector` in binary: a column of COPY BINARY, or a
 * parameter that a driver sends as octets. A count of four octets, then for each term its UTF-8 and a zero, a count of two octets, and its positions,
 * ascending from 1, the weight in the upper two bits: two octets each, all big-endian (`tsvectorrecv` in src/backend/utils/adt/tsvector.c, which
 * sorts). SEARCH_LIMITS hold for all fields together and are shared out: a field takes what those before it left, and leaves as much to each
 * behind it. Between two fields a position stays free, so that no phrase spans them. Pure, linear.
 */
export function encodeSearchVector(fields: readonly SearchField[]): Uint8Array {
  clear()
  let position = 0
  let left: number = SEARCH_LIMITS.terms
  for (const [index, { weight, text }] of fields.entries()) {
    const before = position
    let next = position === 0 ? 0 : position + 1
    const limits = { ...SEARCH_LIMITS, terms: Math.ceil(left / (fields.length - index)) }
    const taken = scanSearchTerms(text, limits, (source, start, end) => {
      next += 1
      addOccurrence(addTerm(source, start, end), WEIGHTS[weight] + next)
    })
    position = taken === 0 ? before : next
    left -= taken
  }
  return write()
}

function clear(): void {
  for (let term = 1; term <= vocabulary.terms; term += 1) {
    vocabulary.slots[vocabulary.slotOf[term] ?? 0] = 0
  }
  vocabulary.octetsEnd = 0
  vocabulary.terms = 0
  vocabulary.occurrences = 0
}

/** Finds or makes the number of a term. Its octets are written behind the others first, and stay there when it is new. */
function addTerm(text: string, start: number, end: number): number {
  const from = vocabulary.octetsEnd
  // Three octets a UTF-16 unit at most.
  const octets = reserve(from + (end - start) * 3)
  const to = writeTerm(octets, from, { text, start, end })
  let slot = vocabulary.hash & (SLOTS - 1)
  for (;;) {
    const term = vocabulary.slots[slot] ?? 0
    if (term === 0) {
      break
    }
    if (equalsOctets(term, from, to)) {
      return term
    }
    slot = (slot + 1) & (SLOTS - 1)
  }
  vocabulary.terms += 1
  const made = vocabulary.terms
  vocabulary.slots[slot] = made
  vocabulary.slotOf[made] = slot
  vocabulary.startOf[made] = from
  vocabulary.endOf[made] = to
  vocabulary.countOf[made] = 0
  vocabulary.octetsEnd = to
  return made
}

/**
 * Writes a term as UTF-8 with ASCII in lower case, and tells where it ends. Terms are well formed: every surrogate has its other half. Hashed (FNV-1a)
 * by the way.
 */
function writeTerm(octets: Uint8Array, at: number, { text, start, end }: TermRange): number {
  let to = at
  let hash = 0x81_1c_9d_c5
  for (let index = start; index < end; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) {
      const octet = unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit
      octets[to] = octet
      to += 1
      hash = Math.imul(hash ^ octet, 0x01_00_01_93)
      continue
    }
    const point = text.codePointAt(index) ?? 0
    to = writeSequence(octets, to, point)
    index += point > 0xff_ff ? 1 : 0
    hash = Math.imul(hash ^ point, 0x01_00_01_93)
  }
  vocabulary.hash = hash ^ (hash >>> 15)
  return to
}

function writeSequence(octets: Uint8Array, at: number, point: number): number {
  const continuations = point < 0x8_00 ? 1 : point < 0x1_00_00 ? 2 : 3
  const lead = [0, 0xc0, 0xe0, 0xf0][continuations] ?? 0
  octets[at] = lead | (point >>> (6 * continuations))
  for (let left = continuations - 1, index = at + 1; left >= 0; left -= 1, index += 1) {
    octets[index] = 0x80 | ((point >>> (6 * left)) & 0x3f)
  }
  return at + continuations + 1
}

function addOccurrence(term: number, position: number): void {
  const count = vocabulary.countOf[term] ?? 0
  if (count === MAX_POSITIONS) {
    return
  }
  vocabulary.occurrences += 1
  const made = vocabulary.occurrences
  vocabulary.positionOf[made] = position
  vocabulary.nextOf[made] = 0
  if (count === 0) {
    vocabulary.firstOf[term] = made
  } else {
    vocabulary.nextOf[vocabulary.lastOf[term] ?? 0] = made
  }
  vocabulary.lastOf[term] = made
  vocabulary.countOf[term] = count + 1
}

function reserve(size: number): Uint8Array {
  if (size > vocabulary.octets.length) {
    const larger = new Uint8Array(size * 2)
    larger.set(vocabulary.octets)
    vocabulary.octets = larger
  }
  return vocabulary.octets
}

/** Whether a term is written from here to there, behind the others. */
function equalsOctets(term: number, from: number, to: number): boolean {
  const { octets } = vocabulary
  const start = vocabulary.startOf[term] ?? 0
  const length = (vocabulary.endOf[term] ?? 0) - start
  if (length !== to - from) {
    return false
  }
  for (let index = 0; index < length; index += 1) {
    if (octets[start + index] !== octets[from + index]) {
      return false
    }
  }
  return true
}

function write(): Uint8Array {
  // A count of four, and for each term a zero and a count of two.
  const vector = new Uint8Array(4 + vocabulary.octetsEnd + vocabulary.terms * 3 + vocabulary.occurrences * 2)
  writeUint16(vector, 2, vocabulary.terms)
  let at = 4
  for (let term = 1; term <= vocabulary.terms; term += 1) {
    for (let index = vocabulary.startOf[term] ?? 0; index < (vocabulary.endOf[term] ?? 0); index += 1) {
      vector[at] = vocabulary.octets[index] ?? 0
      at += 1
    }
    at = writeUint16(vector, at + 1, vocabulary.countOf[term] ?? 0)
    for (let occurrence = vocabulary.firstOf[term] ?? 0; occurrence !== 0; occurrence = vocabulary.nextOf[occurrence] ?? 0) {
      at = writeUint16(vector, at, vocabulary.positionOf[occurrence] ?? 0)
    }
  }
  return vector
}

function writeUint16(octets: Uint8Array, at: number, value: number): number {
  octets[at] = value >>> 8
  octets[at + 1] = value
  return at + 2
}
