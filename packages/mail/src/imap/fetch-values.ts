import { toStorableText } from '@maildock/core'

/** Digits only; -1 for what is none, or no exact number. */
export function readNumber(octets: Buffer, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at += 1) {
    const digit = (octets[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
    if (value > Number.MAX_SAFE_INTEGER) return -1
  }
  return start === end ? -1 : value
}

const MAX_MODSEQ_DIGITS = 19
const MAX_EMAIL_ID_LENGTH = 255

/** A mod-sequence has 63 bits (RFC 7162 section 3.1); null for what is none. */
export function readModseq(octets: Buffer, start: number, end: number): bigint | null {
  const exact = readNumber(octets, start, end)
  if (exact !== -1) return BigInt(exact)
  const text = octets.toString('latin1', start, Math.min(end, start + MAX_MODSEQ_DIGITS + 1))
  if (text.length > MAX_MODSEQ_DIGITS || !/^\d+$/u.test(text)) return null
  const value = BigInt(text)
  return value < 1n << 63n ? value : null
}

/** An identifier as it is stored; null: none. */
export function readEmailId(text: string): string | null {
  return text === '' ? null : toStorableText(text.slice(0, MAX_EMAIL_ID_LENGTH))
}

/** The atom that stands for no string. */
export function isNil(octets: Buffer, start: number, end: number): boolean {
  return end - start === 3 && octets.toString('latin1', start, end).toUpperCase() === 'NIL'
}

const BACKSLASH = 0x5c

/** What stands between the quotes of a string, without its backslashes. */
export function unescapeQuoted(octets: Buffer, start: number, end: number): Buffer {
  const text = Buffer.alloc(end - start)
  let length = 0
  for (let at = start; at < end; at += 1) {
    if (octets[at] === BACKSLASH) at += 1
    text[length] = octets[at] ?? 0
    length += 1
  }
  return text.subarray(0, length)
}
