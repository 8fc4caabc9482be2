import { CONTENT_LIMITS } from './content-limits.ts'
import { decodeCharset } from './decode-charset.ts'

const LF = 0x0a
const COLON = 0x3a

/** One header field: name in lower case, value unfolded, octets decoded as UTF-8 or, failing that, Windows-1252. */
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

/**
 * Reads the header block (RFC 5322 section 2.2) at the start of a range. Lines may end in CRLF or LF. A line without a colon that
 * continues nothing is passed by, as an mbox "From " line is; a range that begins with no field at all has no header and is all
 * body. Bounded by CONTENT_LIMITS; never throws.
 */
export function parseHeaderBlock(bytes: Buffer, start = 0, end = bytes.length): HeaderBlock {
  if (!beginsWithHeader(bytes, start, end)) {
    return { fields: [], bodyStart: start }
  }
  const fields: HeaderField[] = []
  const limit = Math.min(end, start + CONTENT_LIMITS.headerOctets)
  let position = start
  let fieldStart = -1
  const finish = (fieldEnd: number): void => {
    if (fieldStart >= 0 && fields.length < CONTENT_LIMITS.headerFields) {
      const field = readField(bytes.subarray(fieldStart, fieldEnd))
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

function beginsWithHeader(bytes: Buffer, start: number, end: number): boolean {
  const lineEnd = bytes.indexOf(LF, start)
  const line = bytes.subarray(start, lineEnd < 0 ? end : Math.min(end, lineEnd + 1))
  return line.length === 0 || isEmptyLine(line, 0, line.length) || line.toString('latin1', 0, 5) === 'From ' || readField(line) !== null
}

function isEmptyLine(bytes: Buffer, from: number, next: number): boolean {
  return bytes[from] === LF || (bytes[from] === 0x0d && next - from === 2)
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

function readField(line: Buffer): HeaderField | null {
  const colon = line.indexOf(COLON)
  if (colon <= 0 || colon > 200) {
    return null
  }
  const name = line.toString('latin1', 0, colon).trimEnd().toLowerCase()
  if (!/^[\u0021-\u0039\u003b-\u007e]+$/u.test(name)) {
    return null
  }
  return createField(name, line.subarray(colon + 1, colon + 1 + CONTENT_LIMITS.headerValueOctets))
}

/** Most fields of a message are never looked at: their value is decoded when it is. */
function createField(name: string, octets: Buffer): HeaderField {
  let value: string | null = null
  return {
    name,
    get value() {
      value ??= unfold(decodeCharset(octets, null))
      return value
    },
  }
}

function unfold(value: string): string {
  const line = value.includes('\n') || value.includes('\r') ? value.replace(/\r?\n(?=[ \t])/gu, '').replace(/[\r\n]+/gu, ' ') : value
  return line.trim()
}
