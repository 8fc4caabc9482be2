import { foldSearchText } from './fold-search-text.ts'

/** Bounds on what is made searchable of one text. What is beyond them is stored and is not found. */
export const SEARCH_LIMITS = {
  /** Characters of the text that are read. */
  characters: 65_536,
  /** Terms listed; a long text has them at its beginning. */
  terms: 5_000,
  /** Characters of a word. What is longer was written by a machine: base64, keys, tracking links. */
  wordCharacters: 64,
  /** Characters of a whole address or host: what RFC 5321 section 4.5.3.1.3 leaves of a path without its brackets. */
  addressCharacters: 254,
} as const

export type SearchLimits = Readonly<Record<keyof typeof SEARCH_LIMITS, number>>

/**
 * Lists the terms of a text, in order of appearance, each as often as it stands there. Made alike of a text to be found and of a query for it.
 * A term is a word: a run of letters, digits and marks, folded (case, width, diacritics). Addresses, hosts and file names give their words and
 * then themselves: `ann@mail.example` is `ann`, `mail`, `example`, `mail.example`, `ann@mail.example`. Scripts without blanks between words give
 * overlapping pairs of characters. Linear, bounded by the limits, pure; terms are well formed and never empty.
 */
export function listSearchTerms(text: string, limits: SearchLimits = SEARCH_LIMITS): string[] {
  const folded = foldSearchText(text.slice(0, limits.characters))
  const terms: string[] = []
  let position = 0
  while (position < folded.length && terms.length < limits.terms) {
    switch (classAt(folded, position)) {
      case WORD:
        position = readWords(folded, position, limits, terms)
        break
      case UNSPACED:
        position = readPairs(folded, position, limits, terms)
        break
      default:
        position += 1
    }
  }
  return terms
}

/** Where the terms of one part of a message count: PostgreSQL's weights, the subject's first (`setweight` in its documentation). */
export type SearchWeight = 'A' | 'B' | 'C' | 'D'

export interface SearchField {
  readonly weight: SearchWeight
  readonly text: string
}

/** Terms of several fields and where they stand: unique, in order of appearance; positions ascend from 1 and carry their field's weight. */
export type SearchTerms = ReadonlyMap<string, readonly SearchPosition[]>

/** As PostgreSQL keeps it: the weight in the upper two of sixteen bits, the position in the others. */
export type SearchPosition = number

/** Of PostgreSQL ("Limitations" of its full text search): the greatest position, and how many a term may have (256 there). */
const MAX_POSITION = 16_383
const MAX_POSITIONS = 255

const WEIGHTS: Readonly<Record<SearchWeight, number>> = { A: 3 << 14, B: 2 << 14, C: 1 << 14, D: 0 }

/**
 * Groups the terms of fields, read in order. The limit of terms holds for all of them together and is shared out: a field takes what those before it left,
 * and leaves as much to each behind it. Between two fields a position stays free, so that no phrase spans them.
 */
export function groupSearchTerms(fields: readonly SearchField[], limits: SearchLimits = SEARCH_LIMITS): SearchTerms {
  const grouped = new Map<string, SearchPosition[]>()
  let position = 0
  let left = limits.terms
  for (const [index, { weight, text }] of fields.entries()) {
    const terms = listSearchTerms(text, { ...limits, terms: Math.ceil(left / (fields.length - index)) })
    left -= terms.length
    position += position === 0 || terms.length === 0 ? 0 : 1
    for (const term of terms) {
      position = Math.min(position + 1, MAX_POSITION)
      const positions = grouped.get(term)
      if (positions === undefined) {
        grouped.set(term, [WEIGHTS[weight] + position])
      } else if (positions.length < MAX_POSITIONS && ((positions.at(-1) ?? 0) & MAX_POSITION) < position) {
        positions.push(WEIGHTS[weight] + position)
      }
    }
  }
  return grouped
}

const OTHER = 1
const WORD = 2
const UNSPACED = 3

/** By UTF-16 unit, filled as characters are met: 0 is "not looked at yet". */
const classes = new Uint8Array(65_536)

function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  const known = classes[unit] ?? OTHER
  if (known !== 0) {
    return known
  }
  if (unit >= 0xd800 && unit <= 0xdfff) {
    return classifySurrogate(text, index)
  }
  const made = classify(String.fromCharCode(unit))
  classes[unit] = made
  return made
}

/** The second half of a pair is of the first one's class; a lone half is of none. */
function classifySurrogate(text: string, index: number): number {
  const isLow = text.charCodeAt(index) >= 0xdc00
  const point = text.codePointAt(isLow ? index - 1 : index) ?? 0
  return point > 0xffff ? classify(String.fromCodePoint(point)) : OTHER
}

/** Han, kana, bopomofo, Thai, Lao, Burmese, Khmer: no blanks between words. Hangul has them. */
const WITHOUT_BLANKS =
  /^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u9fff\uaa60-\uaa7f\uf900-\ufaff\u{1b000}-\u{1b16f}\u{20000}-\u{3ffff}]/u

function classify(character: string): number {
  if (!/^[\p{L}\p{N}\p{M}]/u.test(character)) {
    return OTHER
  }
  return WITHOUT_BLANKS.test(character) ? UNSPACED : WORD
}

const AT = 0x40
const DOT = 0x2e
/** What holds the words of an address, a host or a file name together: `@ . - _ +`. */
const JOINTS: ReadonlySet<number> = new Set([AT, DOT, 0x2d, 0x5f, 0x2b])

/** Reads words and what joints make of them. Tells where it stopped. */
function readWords(text: string, start: number, limits: SearchLimits, terms: string[]): number {
  let wordStart = start
  let hostStart = -1
  let dots = 0
  let index = start
  const add = (from: number, most: number): void => {
    if (index - from <= most && terms.length < limits.terms) {
      terms.push(text.slice(from, index))
    }
  }
  for (;;) {
    while (index < text.length && classAt(text, index) === WORD) {
      index += 1
    }
    add(wordStart, limits.wordCharacters)
    const joint = text.charCodeAt(index)
    if (!JOINTS.has(joint) || index + 1 >= text.length || classAt(text, index + 1) !== WORD) {
      break
    }
    if (joint === AT) {
      hostStart = index + 1
      dots = 0
    }
    dots += joint === DOT ? 1 : 0
    index += 1
    wordStart = index
  }
  if (hostStart >= 0 && dots > 0) {
    add(hostStart, limits.addressCharacters)
  }
  if (hostStart >= 0 || dots > 0) {
    add(start, limits.addressCharacters)
  }
  return index
}

/** Overlapping pairs of characters; a character alone is a term. */
function readPairs(text: string, start: number, limits: SearchLimits, terms: string[]): number {
  let end = start
  while (end < text.length && classAt(text, end) === UNSPACED) {
    end += 1
  }
  let first = start
  let second = first + characterLength(text, first)
  if (second >= end) {
    terms.push(text.slice(start, end))
  }
  while (second < end && terms.length < limits.terms) {
    const after = second + characterLength(text, second)
    terms.push(text.slice(first, after))
    first = second
    second = after
  }
  return end
}

function characterLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1
}
