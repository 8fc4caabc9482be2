import type { ResponseLine } from '../wire/response-scanner.ts'

/** The beginning of a response, as far as it takes to know whom it is for. */
export interface ResponseHead {
  /** `*`, `+`, a tag; empty where the line begins with a blank. */
  tag: string
  /** Of `* 5 EXISTS`; -1 where there is none. */
  number: number
  /** In upper case; empty when there is none. */
  keyword: string
  /** Behind the keyword. */
  rest: number
}

const SPACE = 0x20
const STAR = 0x2a
const OPEN = 0x28
/** Longest word that can be one of the protocol. */
const MAX_WORD = 40
const FETCH = Buffer.from('FETCH')
const CASE_BIT = 0x20

/** Reads the head of a response into `head`, which is the same object each time: most responses are rows of FETCH, by the hundred thousand. */
export function readResponseHead(line: ResponseLine, head: ResponseHead): void {
  const { octets, end } = line
  // There are servers that pad what they say with zeros.
  while (line.start < end && octets[line.start] === 0) line.start += 1
  const { start } = line
  let at = start
  head.number = -1
  head.keyword = ''
  if (octets[at] === STAR && octets[at + 1] === SPACE) {
    head.tag = '*'
    at += 1
  } else {
    at = findWordEnd(octets, at, end)
    head.tag = octets.toString('latin1', start, Math.min(at, start + MAX_WORD))
  }
  at = skipBlanks(octets, at, end)
  const numberStart = at
  let number = 0
  for (; at < end; at += 1) {
    const digit = (octets[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) break
    number = number * 10 + digit
  }
  if (at > numberStart && (at === end || octets[at] === SPACE)) {
    head.number = number
    at = skipBlanks(octets, at, end)
  } else {
    at = numberStart
  }
  const wordEnd = findWordEnd(octets, at, end)
  head.keyword = isFetch(octets, at, wordEnd) ? 'FETCH' : octets.toString('latin1', at, Math.min(wordEnd, at + MAX_WORD)).toUpperCase()
  head.rest = wordEnd
}

function skipBlanks(octets: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && octets[at] === SPACE) at += 1
  return at
}

function findWordEnd(octets: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && octets[at] !== SPACE && octets[at] !== OPEN) at += 1
  return at
}

function isFetch(octets: Buffer, start: number, end: number): boolean {
  if (end - start !== FETCH.length) return false
  for (let index = 0; index < FETCH.length; index += 1) {
    if (((octets[start + index] ?? 0) & ~CASE_BIT) !== FETCH[index]) return false
  }
  return true
}
