import { encodeCharset, type Charset } from './charsets.ts'

export interface EncodedBody {
  readonly encoding: '7bit' | 'quoted-printable' | 'base64'
  readonly body: string
}

/** Encodes text as mail programs do: ASCII as it is, mostly Latin as quoted-printable, anything else as base64. */
export function encodeText(text: string, charset: Charset): EncodedBody {
  switch (charset) {
    case 'us-ascii':
      return { encoding: '7bit', body: text }
    case 'utf-8':
    case 'iso-8859-1':
    case 'windows-1252':
      return { encoding: 'quoted-printable', body: toQuotedPrintable(encodeCharset(text, charset)) }
    case 'koi8-r':
    case 'shift_jis':
      return { encoding: 'base64', body: toBase64(encodeCharset(text, charset)) }
    default:
      return charset satisfies never
  }
}

/** Base64 in lines of 76 characters (RFC 2045 section 6.8). */
export function toBase64(octets: Uint8Array): string {
  return (
    Buffer.from(octets.buffer, octets.byteOffset, octets.length)
      .toString('base64')
      .match(/.{1,76}/gu)
      ?.join('\r\n') ?? ''
  )
}

/** Words of a header outside ASCII (RFC 2047): base64 of UTF-8, a few characters a word, so that no word is longer than 75. */
export function encodeHeaderText(text: string): string {
  if (/^[\u0020-\u007e]*$/u.test(text)) return text
  const characters = Array.from(text)
  const encoded: string[] = []
  for (let start = 0; start < characters.length; start += 13) {
    encoded.push(`=?UTF-8?B?${Buffer.from(characters.slice(start, start + 13).join('')).toString('base64')}?=`)
  }
  return encoded.join('\r\n ')
}

const HEX = Array.from({ length: 256 }, (_, octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`)
const SOFT_BREAK_AT = 72

function toQuotedPrintable(octets: Buffer): string {
  let encoded = ''
  let column = 0
  for (const octet of octets) {
    if (octet === 0x0d) continue
    if (octet === 0x0a) {
      encoded += '\r\n'
      column = 0
      continue
    }
    if (column >= SOFT_BREAK_AT) {
      encoded += '=\r\n'
      column = 0
    }
    const plain = octet >= 0x20 && octet <= 0x7e && octet !== 0x3d
    encoded += plain ? String.fromCharCode(octet) : HEX[octet]
    column += plain ? 1 : 3
  }
  return encoded
}
