import { decodeCharset } from './decode-charset.ts'
import { decodeTransfer } from './decode-transfer.ts'

/** Senders leave question marks in a text as they are. What cannot be in it is the beginning of another word, which keeps this linear. */
const WORD = /=\?([^?\s]{1,100})\?([QqBb])\?((?:[^?=]|\?(?!=)|=(?!\?(?!=)))*)\?=/gu

interface EncodedWord {
  readonly charset: string
  readonly encoding: string
  readonly body: string
}

/**
 * Decodes the encoded words of a header text (RFC 2047); blanks between two of them vanish. Neighbours of one charset are joined
 * before decoding, because senders split characters between words, and base64 between its groups of four. Linear in the length of the text; never throws.
 */
export function decodeEncodedWords(text: string): string {
  if (!text.includes('=?')) {
    return text
  }
  let decoded = ''
  let pending: EncodedWord[] = []
  let position = 0
  const flush = (): void => {
    const charset = pending[0]?.charset ?? null
    decoded += pending.length === 0 ? '' : decodeCharset(decodeWords(pending), charset)
    pending = []
  }
  for (const match of text.matchAll(WORD)) {
    const between = text.slice(position, match.index)
    const word = readWord(match)
    const last = pending.at(-1)
    if (last === undefined || between.trim() !== '') {
      flush()
      decoded += between
    } else if (last.charset !== word.charset) {
      flush()
    }
    pending.push(word)
    position = match.index + match[0].length
  }
  flush()
  return decoded + text.slice(position)
}

function readWord(match: RegExpExecArray): EncodedWord {
  return { charset: (match[1] ?? '').toLowerCase(), encoding: (match[2] ?? '').toUpperCase(), body: match[3] ?? '' }
}

function decodeWords(words: readonly EncodedWord[]): Buffer {
  const octets: Buffer[] = []
  let unfinished = ''
  for (const [index, { encoding, body }] of words.entries()) {
    if (encoding === 'Q') {
      octets.push(decodeTransfer(Buffer.from(body.replaceAll('_', ' '), 'utf8'), 'quoted-printable'))
      continue
    }
    unfinished += body
    const isCut = !body.endsWith('=') && unfinished.length % 4 !== 0 && words[index + 1]?.encoding === 'B'
    if (!isCut) {
      octets.push(Buffer.from(unfinished, 'base64'))
      unfinished = ''
    }
  }
  return Buffer.concat(octets)
}
