import { CONTENT_LIMITS } from './content-limits.ts'

/** A file within a text, from its `begin` line to its `end` (POSIX, uuencode). */
export interface UuencodedFile {
  readonly filename: string
  /** After decoding. */
  readonly sizeOctets: number
  /** Its lines, as they stand. */
  readonly encoded: string
}

export interface TextWithFiles {
  /** Without the files. */
  readonly text: string
  readonly files: readonly UuencodedFile[]
}

const BEGIN = /^begin [0-7]{3,4} +(\S[^\n]*)/gmu

/**
 * Takes the uuencoded files out of a text, as mail had them before MIME and some programs still write them. Every line between `begin` and `end`
 * must be as long as it says: a sentence that begins like one takes nothing with it. Linear, bounded by CONTENT_LIMITS; never throws.
 */
export function takeUuencoded(text: string): TextWithFiles {
  if (!text.includes('begin ')) {
    return { text, files: [] }
  }
  const files: UuencodedFile[] = []
  const kept: string[] = []
  let position = 0
  for (const match of text.matchAll(BEGIN)) {
    const begin = match.index + match[0].length + 1
    const data = match.index < position ? null : readData(text, begin)
    if (data === null || files.length >= CONTENT_LIMITS.uuencodedFiles) {
      continue
    }
    const filename = (match[1] ?? '').trimEnd().slice(0, CONTENT_LIMITS.nameCharacters)
    files.push({ filename, sizeOctets: data.sizeOctets, encoded: text.slice(begin, data.end) })
    kept.push(text.slice(position, match.index))
    position = data.end
  }
  return { text: kept.join('') + text.slice(position), files }
}

/** Null when what follows is no data that ends. A `begin` is none, so that what is read here is not read again. */
function readData(text: string, from: number): { readonly sizeOctets: number; readonly end: number } | null {
  let sizeOctets = 0
  let position = from
  while (position < text.length) {
    const lineEnd = text.indexOf('\n', position)
    const next = lineEnd < 0 ? text.length : lineEnd + 1
    // The longest there is holds 45 octets, and 63 is what its first character can say.
    const line = next - position > 100 ? null : text.slice(position, next).trimEnd()
    if (line === 'end') {
      return { sizeOctets, end: next }
    }
    const octets = line === null ? null : countLine(line)
    if (octets === null) {
      return null
    }
    sizeOctets += octets
    position = next
  }
  return null
}

/**
 * What a line holds, or null when it is none: its first character says it, four others stand for three octets; one may check them. Blanks at its end may
 * be lost, and blanks are zeros: of nothing else than zeros the first character alone is left.
 */
function countLine(line: string): number | null {
  if (!/^[ -`]*$/u.test(line)) {
    return null
  }
  const octets = line === '' ? 0 : (line.charCodeAt(0) - 0x20) & 0x3f
  const characters = line.length - 1
  const expected = Math.ceil(octets / 3) * 4
  return characters <= expected + 2 ? octets : null
}

/** The octets of a file that was taken. What is cut off counts as zeros. */
export function decodeUuencoded({ encoded, sizeOctets }: UuencodedFile): Buffer {
  const decoded = Buffer.alloc(sizeOctets)
  let written = 0
  for (const line of encoded.split('\n').map((text) => text.trimEnd())) {
    const octets = countLine(line) ?? 0
    for (let index = 0; index < octets; index += 1) {
      const at = 1 + Math.floor(index / 3) * 4 + (index % 3)
      const shift = 2 * (index % 3) + 2
      decoded[written + index] = ((sixBits(line, at) << shift) | (sixBits(line, at + 1) >> (6 - shift))) & 0xff
    }
    written += octets
  }
  return decoded
}

function sixBits(line: string, at: number): number {
  return at < line.length ? (line.charCodeAt(at) - 0x20) & 0x3f : 0
}
