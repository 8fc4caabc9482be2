import { decodeCharset } from './decode-charset.ts'
import { decodeTransfer } from './decode-transfer.ts'

/** Senders leave question marks in a text as they are. What cannot be in it is the beginning of another word, which keeps this linear. */
const WORD = /=\?([^?\s]{1,100})\?([QqBb])\?((?:[^?=]|\?(?!=)|=(?!\?(?!=)))*)\?=/gu

interface EncodedWord {
  readonly charset: string
  readonly encoding: string
  readonly bytes: Buffer
}

/**
 * Decodes the encoded words of a header text (RFC 2047); blanks between two of them vanish. Neighbours of one charset are joined
 * before decoding, because senders split characters between words. Linear in the length of the text; never throws.
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
    decoded += pending.length === 0 ? '' : decodeCharset(Buffer.concat(pending.map((word) => word.bytes)), charset)
    pending = []
  }
  for (const match of text.matchAll(WORD)) {
    const between = text.slice(position, match.index)
    const word = readWord(match)
    const last = pending.at(-1)
    if (last === undefined || between.trim() !== '') {
      flush()
      decoded += between
    } else if (last.charset !== word.charset || last.encoding !== word.encoding) {
      flush()
    }
    pending.push(word)
    position = match.index + match[0].length
  }
  flush()
  return decoded + text.slice(position)
}

function readWord(match: RegExpExecArray): EncodedWord {
  const encoding = (match[2] ?? '').toUpperCase()
  const body = match[3] ?? ''
  return {
    charset: (match[1] ?? '').toLowerCase(),
    encoding,
    bytes:
      encoding === 'B'
        ? decodeTransfer(Buffer.from(body, 'latin1'), 'base64')
        : decodeTransfer(Buffer.from(body.replaceAll('_', ' '), 'utf8'), 'quoted-printable'),
  }
}
