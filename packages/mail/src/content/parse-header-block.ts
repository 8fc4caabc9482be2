import { isAscii } from 'node:buffer'
import { CONTENT_LIMITS } from './content-limits.ts'
import { decodeUnlabelled } from './decode-charset.ts'

const CR = 0x0d
const LF = 0x0a

/** One header field and where its value lies, which `readValue` reads: most fields of a message are never looked at. */
export interface HeaderField {
  /** In lower case. */
  readonly name: string
  readonly source: FieldSource
  readonly valueStart: number
  readonly valueEnd: number
}

/** Where fields have their values from. */
interface FieldSource {
  readonly octets: Buffer
  /** The same, a character an octet. */
  readonly text: string
  /** Nothing but ASCII, as RFC 5322 section 2.2 wants it, and none of the escapes of ISO-2022-JP: the characters are those that are meant. */
  readonly plain: boolean
  readonly likelyCharset: () => string | null
}

export interface HeaderBlock {
  /** In the order of the message. */
  readonly fields: readonly HeaderField[]
  /** Where the body begins: after the empty line, or the end of the range when there is none. */
  readonly bodyStart: number
}

/** Where to read, and what charset raw octets are likely to be in: asked for when a value is looked at. */
export interface HeaderRange {
  readonly start: number
  readonly end: number
  readonly likelyCharset: () => string | null
}

/**
 * Reads the header block (RFC 5322 section 2.2) at the start of a range. Lines may end in CRLF, LF or CRCRLF. A byte order mark is passed by, and so
 * is a line without a colon that continues nothing, as an mbox "From " line is; a range that begins with no field at all has no header and is
 * all body. Bounded by CONTENT_LIMITS; never throws.
 */
export function parseHeaderBlock(bytes: Buffer, range: HeaderRange): HeaderBlock {
  const { end, likelyCharset } = range
  const start = skipByteOrderMark(bytes, range.start, end)
  if (!beginsWithHeader(bytes, start, end)) {
    return { fields: [], bodyStart: range.start }
  }
  const limit = Math.min(end, start + CONTENT_LIMITS.headerOctets)
  const fieldStarts: number[] = []
  let position = start
  let next = findLineEnd(bytes, start, limit)
  while (position < limit && !isEmptyLine(bytes, position, next)) {
    const continues = bytes[position] === 0x20 || bytes[position] === 0x09
    if (!continues || fieldStarts.length === 0) {
      fieldStarts.push(position - start)
    }
    position = next
    next = findLineEnd(bytes, position, limit)
  }
  const fields = readFields(bytes.subarray(start, position), fieldStarts, likelyCharset)
  return { fields, bodyStart: position < limit ? next : skipToEmptyLine(bytes, limit, end) }
}

/** The value of the first field of this name, or null. */
export function findHeader(fields: readonly HeaderField[], name: string): string | null {
  const found = fields.find((field) => field.name === name)
  return found === undefined ? null : readValue(found)
}

/** The values of all fields of this name, joined by commas: what RFC 5322 allows once, senders write twice. */
export function joinHeaders(fields: readonly HeaderField[], name: string): string {
  let joined: string | null = null
  for (const field of fields) {
    if (field.name === name) {
      joined = joined === null ? readValue(field) : `${joined}, ${readValue(field)}`
    }
  }
  return joined ?? ''
}

/** The value of a field, unfolded; its octets decoded as UTF-8 or, failing that, in the charset its message names. */
export function readValue({ source, valueStart, valueEnd }: HeaderField): string {
  const { octets, text, plain, likelyCharset } = source
  return unfold(plain ? text.slice(valueStart, valueEnd) : decodeUnlabelled(octets.subarray(valueStart, valueEnd), likelyCharset))
}

function skipByteOrderMark(bytes: Buffer, start: number, end: number): number {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start
}

/** Fields of which one in the second line tells that the first, which is none, stands before a header and not in a text. */
const TELLING: ReadonlySet<string> = new Set(
  'received return-path delivered-to from to subject date message-id mime-version content-type'.split(' '),
)

function beginsWithHeader(bytes: Buffer, start: number, end: number): boolean {
  const next = findLineEnd(bytes, start, end)
  const line = readLineStart(bytes, start, next)
  if (readName(line) !== null || line === '' || isEmptyLine(bytes, start, next) || /^>?From /u.test(line)) {
    return true
  }
  const second = readLineStart(bytes, next, findLineEnd(bytes, next, end))
  return TELLING.has(readName(second) ?? '')
}

/** As much of a line as a name may take, and the colon: a text without line breaks is not copied. */
function readLineStart(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, Math.min(end, start + MOST_NAME_OCTETS + 1))
}

/** Where the next line begins, or the end. */
function findLineEnd(bytes: Buffer, from: number, end: number): number {
  const lineEnd = from < end ? bytes.indexOf(LF, from) : -1
  return lineEnd < 0 || lineEnd >= end ? end : lineEnd + 1
}

/** Some gateways write CRCRLF for CRLF. */
function isEmptyLine(bytes: Buffer, from: number, next: number): boolean {
  const octets = next - from
  return bytes[from] === LF || (bytes[from] === CR && (octets === 2 || (octets === 3 && bytes[from + 1] === CR)))
}

/** A header block over the limit is cut, but its rest is no body. */
function skipToEmptyLine(bytes: Buffer, from: number, end: number): number {
  if (from >= end) {
    return end
  }
  const crlf = bytes.indexOf('\r\n\r\n', Math.max(0, from - 4))
  const lf = bytes.indexOf('\n\n', Math.max(0, from - 2))
  const ends = [crlf < 0 ? end : crlf + 4, lf < 0 ? end : lf + 2]
  return Math.min(end, ...ends)
}

const MOST_NAME_OCTETS = 200

/** The name of the field that begins with this text, in lower case. */
function readName(text: string): string | null {
  const colon = text.indexOf(':')
  if (colon <= 0 || colon > MOST_NAME_OCTETS) {
    return null
  }
  const name = text.slice(0, colon).trimEnd().toLowerCase()
  return /^[\u0021-\u0039\u003b-\u007e]+$/u.test(name) ? name : null
}

/** `starts`: where in the octets a field begins. It ends where the next one does. */
function readFields(octets: Buffer, starts: readonly number[], likelyCharset: () => string | null): HeaderField[] {
  const text = octets.toString('latin1')
  const source: FieldSource = { octets, text, plain: isAscii(octets) && !text.includes('\u001b'), likelyCharset }
  const fields: HeaderField[] = []
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? octets.length
    const field = text.slice(start, end)
    const name = readName(field)
    if (name !== null && fields.length < CONTENT_LIMITS.headerFields) {
      const valueStart = start + field.indexOf(':') + 1
      fields.push({ name, source, valueStart, valueEnd: Math.min(end, valueStart + CONTENT_LIMITS.headerValueOctets) })
    }
  }
  return fields
}

function unfold(value: string): string {
  const line = value.trim()
  return line.includes('\n') || line.includes('\r') ? line.replace(/\r?\n(?=[ \t])/gu, '').replace(/[\r\n]+/gu, ' ') : line
}
