import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { decodeShifted } from './decode-shifted.ts'
import { decodeUtf16 } from './decode-utf16.ts'
import { decodeUtf7 } from './decode-utf7.ts'

/** Labels seen in mail that the Encoding Standard does not list. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['utf8', 'utf-8'],
  ['utf_8', 'utf-8'],
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['ks_c_5601', 'euc-kr'],
  ['iso-2022-jp-ms', 'iso-2022-jp'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['iso-2022-jp-3', 'iso-2022-jp'],
  ['iso-2022-jp-2004', 'iso-2022-jp'],
  ['cp50220', 'iso-2022-jp'],
  ['latin-1', 'windows-1252'],
  ['latin1', 'windows-1252'],
  ['ansi', 'windows-1252'],
  ['ascii', 'us-ascii'],
  ['ansi_x3.110-1983', 'windows-1252'],
  ['csiso2022kr', 'iso-2022-kr'],
  ['hz', 'hz-gb-2312'],
  // Octets of the user's own meaning: of none, here.
  ['x-user-defined', ''],
])

const UTF7_LABELS: ReadonlySet<string> = new Set(['utf-7', 'utf7', 'unicode-1-1-utf-7', 'csunicode11utf7', 'x-unicode-2-0-utf-7'])

/** What senders write when they do not know: the octets may as well be UTF-8. */
const UNCERTAIN: ReadonlySet<string> = new Set(['windows-1252', 'utf-8'])

const utf8 = new TextDecoder('utf-8')
const windows1252 = new TextDecoder('windows-1252')
const strictIso2022Jp = new TextDecoder('iso-2022-jp', { fatal: true })

/**
 * Decodes text in any charset mail uses (IANA labels, their usual misspellings, UTF-7, what shifts within seven bits). Never throws: an unknown label
 * is treated like none, what is no character becomes U+FFFD. Text that is labelled ASCII, Latin-1 or nothing at all, but is well-formed
 * UTF-8 with characters beyond ASCII, is UTF-8: such octets are no text anybody writes in Latin-1. With the escapes of ISO-2022-JP it is that.
 * Under any other label it takes a dozen octets to be believed.
 */
export function decodeCharset(bytes: Uint8Array, label: string | null): string {
  const charset = normaliseLabel(label)
  if (UTF7_LABELS.has(charset)) {
    return decodeUtf7(bytes)
  }
  const special = decodeUtf16(bytes, charset) ?? decodeShifted(bytes, charset)
  if (special !== null) {
    return special
  }
  const decoder = findDecoder(charset)
  if (decoder !== null && !UNCERTAIN.has(decoder.encoding)) {
    return decodeDisguisedUtf8(bytes, decoder.encoding) ?? decoder.decode(bytes)
  }
  return decodeUncertain(bytes, decoder?.encoding === 'utf-8')
}

/** Decodes text that has no label of its own. `likely`, asked only when it is neither ASCII, Japanese nor UTF-8, is a label from beside it. */
export function decodeUnlabelled(bytes: Uint8Array, likely: () => string | null): string {
  return decodeBySight(bytes) ?? decodeCharset(bytes, likely())
}

/** Octets beyond one a character. By chance a few characters of a charset with two octets a character are well-formed UTF-8; so many are not. */
const DISGUISED_OCTETS = 12

/** ASCII, and UTF-8 that is called something else; null for what may be what it is called. */
function decodeDisguisedUtf8(bytes: Uint8Array, encoding: string): string | null {
  const sevenBits = encoding === 'iso-2022-jp'
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  const text = decodeWellFormed(bytes)
  const beyond = text === null ? 0 : bytes.length - text.length
  return beyond >= (sevenBits || hasMark ? 1 : DISGUISED_OCTETS) || (beyond === 0 && !sevenBits) ? text : null
}

function decodeUncertain(bytes: Uint8Array, labelledUtf8: boolean): string {
  const seen = decodeBySight(bytes)
  if (seen !== null) {
    return seen
  }
  // Not UTF-8. A text that says so and mostly is keeps its good characters; anything else is read as the web reads it.
  return (labelledUtf8 && hasUtf8Sequence(bytes) ? utf8 : windows1252).decode(bytes)
}

function decodeBySight(bytes: Uint8Array): string | null {
  return (hasJapaneseEscape(bytes) ? decodeStrictly(strictIso2022Jp, bytes) : null) ?? decodeWellFormed(bytes)
}

/** Null when it is no well-formed UTF-8. Asked first, because an error costs more than a short text. */
function decodeWellFormed(bytes: Uint8Array): string | null {
  return isUtf8(bytes) ? utf8.decode(bytes) : null
}

/** Null when some octet is no character of the decoder's charset. */
function decodeStrictly(decoder: TextDecoder, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) {
      return null
    }
    throw error
  }
}

/** ESC $ B and ESC $ @ (RFC 1468): the charset of Japanese mail is of seven bits, and called ASCII for that. */
function hasJapaneseEscape(bytes: Uint8Array): boolean {
  const escape = bytes.indexOf(0x1b)
  return escape >= 0 && bytes[escape + 1] === 0x24 && (bytes[escape + 2] === 0x42 || bytes[escape + 2] === 0x40)
}

/** Looks for one well-formed multi-octet sequence: a lead octet and its continuation. */
function hasUtf8Sequence(bytes: Uint8Array): boolean {
  for (let index = 0; index + 1 < bytes.length; index += 1) {
    const lead = bytes[index] ?? 0
    const next = bytes[index + 1] ?? 0
    if (lead >= 0xc2 && lead <= 0xf4 && next >= 0x80 && next <= 0xbf) {
      return true
    }
  }
  return false
}

function normaliseLabel(label: string | null): string {
  // What may follow a charset: the language of an encoded word (RFC 2231 section 5), a comment (the example in RFC 2045 section 5.1).
  const bare = /^["'\s]*([^"'\s*(,;]*)/u.exec(label ?? '')?.[1] ?? ''
  const lower = bare.toLowerCase()
  return ALIASES.get(lower) ?? lower
}

const decoders = new Map<string, TextDecoder | null>()

function findDecoder(charset: string): TextDecoder | null {
  const known = decoders.get(charset)
  if (known !== undefined) {
    return known
  }
  const made = createDecoder(charset) ?? createDecoder(spellCodePage(charset))
  // Labels come from outside: the cache does not grow with them.
  if (decoders.size < 200) {
    decoders.set(charset, made)
  }
  return made
}

/** cp1251, cp-1251, x-cp1251, windows1251, win-1251: all the same. */
function spellCodePage(charset: string): string {
  const page = /^(?:x-)?(?:cp|win|windows|ms)[-_]?(\d{3,4})$/u.exec(charset)?.[1]
  return page === undefined ? charset.replace(/^x-/u, '').replaceAll('_', '-') : page === '866' ? 'ibm866' : `windows-${page}`
}

function createDecoder(charset: string): TextDecoder | null {
  if (charset === '') {
    return null
  }
  try {
    return new TextDecoder(charset)
  } catch (error) {
    if (error instanceof RangeError) {
      return null
    }
    throw error
  }
}
