const NUL = /\u0000/gu
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu
const DIRECTIONAL = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Tells whether text is one line. Looked at before spaces around it are dropped: a line break in a name or an address is no slip of typing. */
export function isOneLine(text: string): boolean {
  return !/[\r\n]/u.test(text)
}

/**
 * Makes foreign text storable in PostgreSQL `text` and `jsonb`: U+0000 and lone surrogates become U+FFFD.
 * Raw bytes are never passed through here.
 */
export function toStorableText(text: string): string {
  return text.toWellFormed().replace(NUL, '\uFFFD')
}

/**
 * One line of foreign text that can be shown, logged and stored: well formed, without control or
 * text-direction characters, at most `maxLength` characters.
 */
export function toDisplayLine(text: string, maxLength = 200): string {
  const line = text.toWellFormed().replace(CONTROL, ' ').replace(DIRECTIONAL, '').trim()
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).toWellFormed()}…`
}
