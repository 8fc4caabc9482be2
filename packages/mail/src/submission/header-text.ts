/** RFC 5322 section 2.1.1: what a line should have at most. */
const PREFERRED_OCTETS = 78
/** RFC 2047 section 2. */
const MAX_WORD_LENGTH = 75
const WORD_FRAME_LENGTH = '=?utf-8?q??='.length
/** A longer run of characters is encoded, so that it can be broken. */
const MAX_PLAIN_PIECE = 60
/** What fits in the shortest word: 48 characters. */
const MAX_OCTETS_IN_B = 36
const MAX_OCTETS_IN_Q = 16
const CHARACTERS = new Intl.Segmenter('und', { granularity: 'grapheme' })
/** Of RFC 2047 section 5 (3): what is safe in a phrase is safe everywhere. */
const SAFE_IN_Q = /^[A-Za-z0-9!*+\-/]$/u
const ATOMS = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/u
const PRINTABLE = /^[\u0020-\u007e]*$/u

/** Text for people as one line without control characters: nothing of it can end a field. */
export function toHeaderLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
}

/**
 * Writes one field, folded before pieces (RFC 5322 section 2.2.3). Each piece begins with its own blanks and holds something else, so no line
 * is blank and unfolding gives back what was written. Lines have at most 78 octets, or one piece.
 */
export function foldField(name: string, pieces: readonly string[]): string {
  const lines: string[] = []
  let line = `${name}:`
  for (const piece of pieces) {
    const isFirst = line.length === name.length + 1 && lines.length === 0
    if (!isFirst && Buffer.byteLength(line) + Buffer.byteLength(piece) > PREFERRED_OCTETS) {
      lines.push(line)
      line = piece
    } else line += piece
  }
  return [...lines, line].join('\r\n')
}

/** Words with the blanks before them. A run of blanks stays with its word, or a line could be blank. */
export function splitAtBlanks(line: string): readonly string[] {
  return ` ${line}`.match(/ +[^ ]+/gu) ?? []
}

/** Unstructured text (a subject) as pieces of a field: as it is where that can be read back, else as encoded words (RFC 2047). */
export function toTextPieces(name: string, text: string): readonly string[] {
  const line = toHeaderLine(text)
  const pieces = splitAtBlanks(line)
  const isPlain = PRINTABLE.test(line) && !line.includes('=?') && pieces.every((piece) => piece.length <= MAX_PLAIN_PIECE)
  return isPlain ? pieces : toWordPieces(line, PREFERRED_OCTETS - name.length - 2)
}

/** A display name as a phrase (RFC 5322 section 3.2.5): atoms, one quoted string, or encoded words. */
export function toPhrasePieces(text: string): readonly string[] {
  const line = toHeaderLine(text)
  if (line === '') return []
  const isShort = line.length <= MAX_PLAIN_PIECE && !line.includes('=?')
  if (isShort && ATOMS.test(line)) return line.split(' ').map((atom) => ` ${atom}`)
  if (isShort && PRINTABLE.test(line)) return [` "${line.replaceAll(/["\\]/gu, '\\$&')}"`]
  return toWordPieces(line, MAX_WORD_LENGTH)
}

/** Encoded words in UTF-8, of whole characters each (RFC 2047 section 5), in the shorter of the two encodings. */
function toWordPieces(line: string, firstLength: number): readonly string[] {
  const useB = base64Length(Buffer.byteLength(line)) < toQ(line).length
  const encode = useB ? toB : toQ
  const words: string[] = []
  let room = Math.min(MAX_WORD_LENGTH, Math.max(firstLength, MAX_PLAIN_PIECE)) - WORD_FRAME_LENGTH
  let chunk = ''
  let octets = 0
  let lengthInQ = 0
  for (const character of listCharacters(line, useB ? MAX_OCTETS_IN_B : MAX_OCTETS_IN_Q)) {
    const more = Buffer.byteLength(character)
    const moreInQ = toQ(character).length
    if (chunk !== '' && (useB ? base64Length(octets + more) : lengthInQ + moreInQ) > room) {
      words.push(encode(chunk))
      room = MAX_WORD_LENGTH - WORD_FRAME_LENGTH
      chunk = ''
      octets = 0
      lengthInQ = 0
    }
    chunk += character
    octets += more
    lengthInQ += moreInQ
  }
  if (chunk !== '') words.push(encode(chunk))
  return words.map((word) => ` =?utf-8?${useB ? 'b' : 'q'}?${word}?=`)
}

/** Characters as people count them, so that an emoji of several code points stays whole; where one is too long for a word, its code points. */
function listCharacters(line: string, maxOctets: number): readonly string[] {
  return Array.from(CHARACTERS.segment(line)).flatMap(({ segment }) =>
    Buffer.byteLength(segment) <= maxOctets ? [segment] : Array.from(segment),
  )
}

function toB(text: string): string {
  return Buffer.from(text).toString('base64')
}

function toQ(text: string): string {
  return Array.from(Buffer.from(text), (octet) => {
    const character = String.fromCodePoint(octet)
    if (SAFE_IN_Q.test(character)) return character
    return character === ' ' ? '_' : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

function base64Length(octets: number): number {
  return Math.ceil(octets / 3) * 4
}
