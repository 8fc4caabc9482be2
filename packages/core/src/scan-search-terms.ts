import { AT, BETWEEN, classifyAt, DOT, DROPPED, isJoint, MIXED, UNSPACED, WORD } from './classify-search-text.ts'
import { foldSearchText } from './fold-search-text.ts'

/** Bounds on what is made searchable of one text. What is beyond them is stored and is not found. */
export interface SearchLimits {
  /** Characters of the text that are read. */
  readonly characters: number
  /** Terms; a long text has them at its beginning. */
  readonly terms: number
  /** Characters of a word. What is longer was written by a machine: base64, keys, tracking links. */
  readonly wordCharacters: number
  /** Characters of a whole address or host. */
  readonly addressCharacters: number
}

/** Takes the term that stands at `start` to `end` of a text: folded, but for capitals of ASCII, which are to be read as small letters. */
export type TakeTerm = (text: string, start: number, end: number) => void

interface Scan {
  readonly text: string
  readonly limits: SearchLimits
  readonly take: TakeTerm
  left: number
  /** All UTF-16 units of the words that hang together, or'ed: below 0x80 when they are ASCII. */
  seen: number
}

/**
 * Finds the terms of a text, in order of appearance (what a term is: listSearchTerms), and tells how many it took. Linear, bounded by the limits.
 * Words are folded one by one where that is the same as folding the text; no copy is made of words in plain ASCII.
 */
export function scanSearchTerms(text: string, limits: SearchLimits, take: TakeTerm): number {
  const beginning = text.slice(0, limits.characters).toWellFormed()
  const scan: Scan = { text: foldsByWords(beginning) ? beginning : foldSearchText(beginning), limits, take, left: limits.terms, seen: 0 }
  let position = 0
  while (position < scan.text.length && scan.left > 0) {
    const kind = classifyAt(scan.text, position)
    if (kind === WORD) {
      position = scanWords(scan, position)
    } else if (kind === UNSPACED) {
      position = scanPairs(scan, position)
    } else {
      position += 1
    }
  }
  return limits.terms - scan.left
}

/** Whether folding word by word finds the same words: not where a character vanishes within one or falls apart into several. */
function foldsByWords(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) < 0x80) {
      continue
    }
    const kind = classifyAt(text, index)
    if (kind === MIXED || (kind === DROPPED && index > 0 && !standsFree(text, index - 1))) {
      return false
    }
  }
  return true
}

function standsFree(text: string, index: number): boolean {
  return classifyAt(text, index) === BETWEEN && !isJoint(text.charCodeAt(index))
}

/** Scans words and what joints make of them. Tells where it stopped. */
function scanWords(scan: Scan, start: number): number {
  const { text, limits } = scan
  let wordStart = start
  let hostStart = -1
  let dots = 0
  let index = start
  scan.seen = 0
  for (;;) {
    index = skipWord(scan, index)
    emit(scan, { start: wordStart, end: index, most: limits.wordCharacters })
    const joint = text.charCodeAt(index)
    if (!isJoint(joint) || index + 1 >= text.length || classifyAt(text, index + 1) !== WORD) {
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
    emit(scan, { start: hostStart, end: index, most: limits.addressCharacters })
  }
  if (hostStart >= 0 || dots > 0) {
    emit(scan, { start, end: index, most: limits.addressCharacters })
  }
  return index
}

interface Found {
  readonly start: number
  readonly end: number
  /** Characters it may have. */
  readonly most: number
}

function emit(scan: Scan, { start, end, most }: Found): void {
  if (scan.left === 0) {
    return
  }
  const { text, take } = scan
  if (scan.seen < 0x80) {
    if (end - start <= most) {
      scan.left -= 1
      take(text, start, end)
    }
    return
  }
  const folded = foldWord(text.slice(start, end))
  if (folded.length <= most) {
    scan.left -= 1
    take(folded, 0, folded.length)
  }
}

function skipWord(scan: Scan, start: number): number {
  const { text } = scan
  let seen = 0
  let index = start
  while (index < text.length && classifyAt(text, index) === WORD) {
    seen |= text.charCodeAt(index)
    index += 1
  }
  scan.seen |= seen
  return index
}

/** Overlapping pairs of characters; a character alone is a term. */
function scanPairs(scan: Scan, start: number): number {
  let end = start
  while (end < scan.text.length && classifyAt(scan.text, end) === UNSPACED) {
    end += 1
  }
  const run = foldSearchText(scan.text.slice(start, end))
  let first = 0
  let second = characterLength(run, 0)
  const alone = second >= run.length
  while ((alone ? first : second) < run.length && scan.left > 0) {
    const after = second + characterLength(run, second)
    scan.left -= 1
    scan.take(run, first, Math.min(after, run.length))
    first = second
    second = after
  }
  return end
}

function characterLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xff_ff ? 2 : 1
}

/** Words repeat within a text and from message to message. */
const foldedWords = new Map<string, string>()
const MOST_FOLDED_WORDS = 10_000
const LONGEST_FOLDED_WORD = 64

function foldWord(word: string): string {
  if (word.length > LONGEST_FOLDED_WORD) {
    return foldSearchText(word)
  }
  const known = foldedWords.get(word)
  if (known !== undefined) {
    return known
  }
  if (foldedWords.size >= MOST_FOLDED_WORDS) {
    foldedWords.clear()
  }
  const folded = foldSearchText(word)
  foldedWords.set(word, folded)
  return folded
}
