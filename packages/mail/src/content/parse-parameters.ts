import { decodeCharset } from './decode-charset.ts'
import { decodeEncodedWords } from './encoded-words.ts'

/** A header value with parameters (RFC 2045 section 5.1, RFC 2183): `text/plain; charset=utf-8`. */
export interface ParameterisedValue {
  /** In lower case, without the parameters. */
  readonly value: string
  /** By lower-case name. A Map, because the names come from outside. */
  readonly parameters: ReadonlyMap<string, string>
}

const PARAMETER = /;\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))/gsu

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map()

interface Segment {
  readonly index: number
  readonly extended: boolean
  readonly text: string
}

/**
 * Reads a value and its parameters: quoted or bare, RFC 2231 continuations and charsets, and encoded words, which have no place
 * here and are found here all the same. The first of two parameters of one name counts. Never throws.
 */
export function parseParameters(header: string | null): ParameterisedValue {
  const text = header ?? ''
  const semicolon = text.indexOf(';')
  const beforeParameters = semicolon < 0 ? text : text.slice(0, semicolon)
  // A comment (RFC 5322 section 3.2.2) is no part of the value.
  const value = (beforeParameters.split('(', 1)[0] ?? '').trim().toLowerCase()
  if (semicolon < 0) {
    return { value, parameters: NO_PARAMETERS }
  }
  const parameters = new Map<string, string>()
  const segments = new Map<string, Segment[]>()
  let count = 0
  for (const match of text.slice(semicolon).matchAll(PARAMETER)) {
    count += 1
    if (count > 200) {
      break
    }
    // Of the escapes of RFC 5322 those that are needed: elsewhere a backslash is one, in the path of a file.
    const quoted = match[2]?.replace(/\\(["\\])/gu, '$1')
    const raw = quoted ?? (match[3] ?? '').trim()
    const name = (match[1] ?? '').toLowerCase()
    const [, base, number, star] = /^([^*]+)(?:\*(\d{1,4}))?(\*)?$/u.exec(name) ?? []
    if (base === undefined || (number === undefined && star === undefined)) {
      setOnce(parameters, name, decodeEncodedWords(raw))
      continue
    }
    segments.set(base, [...(segments.get(base) ?? []), { index: Number(number ?? 0), extended: star !== undefined, text: raw }])
  }
  for (const [name, parts] of segments) {
    // RFC 2231 wins over a plain parameter of the same name, which is there for old readers.
    parameters.set(name, joinSegments(parts))
  }
  return { value, parameters }
}

function setOnce(parameters: Map<string, string>, name: string, value: string): void {
  if (!parameters.has(name)) {
    parameters.set(name, value)
  }
}

function joinSegments(parts: readonly Segment[]): string {
  const ordered = parts.toSorted((left, right) => left.index - right.index)
  if (!ordered.some(({ extended }) => extended)) {
    return decodeEncodedWords(ordered.map(({ text }) => text).join(''))
  }
  const first = ordered[0]
  const [, charset, head] = first?.extended === true ? (/^([^']*)'[^']*'(.*)$/su.exec(first.text) ?? []) : []
  const octets = ordered.map((part, position) => {
    const text = position === 0 && head !== undefined ? head : part.text
    return part.extended ? percentDecode(text) : Buffer.from(text, 'utf8')
  })
  return decodeCharset(Buffer.concat(octets), charset ?? null)
}

function percentDecode(text: string): Buffer {
  const latin = Buffer.from(text, 'utf8').toString('latin1')
  return Buffer.from(
    latin.replace(/%([0-9a-f]{2})/giu, (_whole, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
    'latin1',
  )
}
