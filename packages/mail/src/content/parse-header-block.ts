import { CONTENT_LIMITS } from './content-limits.ts'
import { decodeUnlabelled } from './decode-charset.ts'

const CR = 0x0d
const LF = 0x0a
const COLON = 0x3a

/** One header field: name in lower case, value unfolded, octets decoded as UTF-8 or, failing that, in the charset its message names. */
export interface HeaderField {
  readonly name: string
  readonly value: string
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
  const fields: HeaderField[] = []
  const limit = Math.min(end, start + CONTENT_LIMITS.headerOctets)
  let position = start
  let fieldStart = -1
  const finish = (fieldEnd: number): void => {
    if (fieldStart >= 0 && fields.length < CONTENT_LIMITS.headerFields) {
      const field = readField(bytes.subarray(fieldStart, fieldEnd), likelyCharset)
      if (field !== null) {
        fields.push(field)
      }
    }
  }
  while (position < limit) {
    const lineEnd = bytes.indexOf(LF, position)
    const next = lineEnd < 0 || lineEnd >= limit ? limit : lineEnd + 1
    if (isEmptyLine(bytes, position, next)) {
      finish(position)
      return { fields, bodyStart: next }
    }
    const continues = bytes[position] === 0x20 || bytes[position] === 0x09
    if (!continues || fieldStart < 0) {
      finish(position)
      fieldStart = position
    }
    position = next
  }
  finish(limit)
  return { fields, bodyStart: skipToEmptyLine(bytes, limit, end) }
}

/** The value of the first field of this name, or null. */
export function findHeader(fields: readonly HeaderField[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null
}

/** The values of all fields of this name, joined by commas: what RFC 5322 allows once, senders write twice. */
export function joinHeaders(fields: readonly HeaderField[], name: string): string {
  return fields
    .filter((field) => field.name === name)
    .map((field) => field.value)
    .join(', ')
}

function skipByteOrderMark(bytes: Buffer, start: number, end: number): number {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start
}

/** Fields of which one in the second line tells that the first, which is none, stands before a header and not in a text. */
const TELLING: ReadonlySet<string> = new Set(
  'received return-path delivered-to from to subject date message-id mime-version content-type'.split(' '),
)

function beginsWithHeader(bytes: Buffer, start: number, end: number): boolean {
  const line = readLine(bytes, start, end)
  if (
    line.length === 0 ||
    isEmptyLine(line, 0, line.length) ||
    /^>?From /u.test(line.toString('latin1', 0, 6)) ||
    readName(line) !== null
  ) {
    return true
  }
  return TELLING.has(readName(readLine(bytes, start + line.length, end)) ?? '')
}

function readLine(bytes: Buffer, start: number, end: number): Buffer {
  const lineEnd = bytes.indexOf(LF, start)
  return bytes.subarray(start, lineEnd < 0 ? end : Math.min(end, lineEnd + 1))
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

function readField(line: Buffer, likelyCharset: () => string | null): HeaderField | null {
  const name = readName(line)
  const start = line.indexOf(COLON) + 1
  return name === null ? null : createField(name, line.subarray(start, start + CONTENT_LIMITS.headerValueOctets), likelyCharset)
}

/** The name of the field that begins with this line, in lower case. */
function readName(line: Buffer): string | null {
  const colon = line.indexOf(COLON)
  if (colon <= 0 || colon > 200) {
    return null
  }
  const name = line.toString('latin1', 0, colon).trimEnd().toLowerCase()
  return /^[\u0021-\u0039\u003b-\u007e]+$/u.test(name) ? name : null
}

/** Most fields of a message are never looked at: their value is decoded when it is. */
function createField(name: string, octets: Buffer, likelyCharset: () => string | null): HeaderField {
  let value: string | null = null
  return {
    name,
    get value() {
      value ??= unfold(decodeUnlabelled(octets, likelyCharset))
      return value
    },
  }
}

function unfold(value: string): string {
  const line = value.includes('\n') || value.includes('\r') ? value.replace(/\r?\n(?=[ \t])/gu, '').replace(/[\r\n]+/gu, ' ') : value
  return line.trim()
}
