import { CONTENT_LIMITS } from './content-limits.ts'
import { findHeader, parseHeaderBlock, type HeaderField } from './parse-header-block.ts'
import { parseParameters, type ParameterisedValue } from './parse-parameters.ts'

/** A MIME part (RFC 2045): where it lies in the source, and what its header says. Nothing is decoded yet. */
export interface MimePart {
  /** As IMAP counts parts (RFC 9051 section 6.4.5.1); empty for a multipart at the top. */
  readonly address: string
  readonly fields: readonly HeaderField[]
  readonly contentType: ParameterisedValue
  readonly disposition: ParameterisedValue
  /** In lower case; empty when not given. */
  readonly transferEncoding: string
  readonly bodyStart: number
  readonly bodyEnd: number
  /** Empty unless this is a multipart. */
  readonly children: readonly MimePart[]
}

export interface MimeStructure {
  readonly root: MimePart
  /** False when a limit was met: there is more in the source than was read. */
  readonly complete: boolean
}

interface Scan {
  readonly bytes: Buffer
  partsLeft: number
  complete: boolean
}

interface Range {
  readonly start: number
  readonly end: number
  readonly address: string
  readonly depth: number
  /** multipart/digest holds messages unless a part says otherwise. */
  readonly defaultType: string
}

/**
 * Finds the parts of a message by searching for boundaries, the cheapest way there is: no line is copied and no body is decoded.
 * A message within a message (message/rfc822) is one part; it is not entered. Broken boundaries end with their parent. Bounded by
 * CONTENT_LIMITS; never throws.
 */
export function scanStructure(bytes: Buffer): MimeStructure {
  const scan: Scan = { bytes, partsLeft: CONTENT_LIMITS.parts, complete: true }
  const root = scanPart(scan, { start: 0, end: bytes.length, address: '', depth: 0, defaultType: 'text/plain' })
  return { root, complete: scan.complete }
}

function scanPart(scan: Scan, range: Range): MimePart {
  scan.partsLeft -= 1
  const { fields, bodyStart } = parseHeaderBlock(scan.bytes, range.start, range.end)
  const declared = parseParameters(findHeader(fields, 'content-type'))
  // RFC 2045 section 5.2: what is missing or makes no sense is plain text.
  const known = /^[^\s/]+\/[^\s/]+$/u.test(declared.value)
  const contentType = known ? declared : { value: range.defaultType, parameters: declared.parameters }
  const boundary = contentType.value.startsWith('multipart/') ? (contentType.parameters.get('boundary') ?? '') : ''
  const children = boundary === '' ? [] : scanChildren(scan, { ...range, start: bodyStart }, boundary, contentType.value)
  return {
    address: range.address === '' && children.length === 0 ? '1' : range.address,
    fields,
    contentType,
    disposition: parseParameters(findHeader(fields, 'content-disposition')),
    transferEncoding: parseParameters(findHeader(fields, 'content-transfer-encoding')).value,
    bodyStart,
    bodyEnd: Math.max(bodyStart, range.end),
    children,
  }
}

function scanChildren(scan: Scan, range: Range, boundary: string, type: string): MimePart[] {
  if (range.depth >= CONTENT_LIMITS.depth) {
    scan.complete = false
    return []
  }
  const children: MimePart[] = []
  const defaultType = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  const exact = [...takeParts(splitParts(scan.bytes, range, boundary, true), scan.partsLeft + 1)]
  // RFC 2046 section 5.1.1 lets a delimiter line go on with anything. Believed only where nothing else was found: a boundary may be
  // the beginning of another one.
  const found = exact.length > 0 ? exact : takeParts(splitParts(scan.bytes, range, boundary, false), scan.partsLeft + 1)
  for (const part of found) {
    if (scan.partsLeft <= 0) {
      scan.complete = false
      break
    }
    const number = String(children.length + 1)
    const address = range.address === '' ? number : `${range.address}.${number}`
    children.push(scanPart(scan, { ...part, address, depth: range.depth + 1, defaultType }))
  }
  return children
}

function* takeParts<T>(parts: Iterable<T>, limit: number): Generator<T> {
  let taken = 0
  for (const part of parts) {
    yield part
    taken += 1
    if (taken >= limit) {
      return
    }
  }
}

/** The ranges between delimiter lines (RFC 2046 section 5.1.1). The line break before a delimiter belongs to the delimiter. */
function* splitParts(bytes: Buffer, range: Range, boundary: string, exact: boolean): Generator<{ start: number; end: number }> {
  const delimiter = Buffer.from(`--${boundary}`, 'utf8')
  // Within the range only: a thousand parts that lack their boundary would each be searched to the end of the message.
  const searched = bytes.subarray(0, range.end)
  let partStart = -1
  let position = range.start
  for (;;) {
    const found = searched.indexOf(delimiter, position)
    if (found < 0) {
      break
    }
    position = found + delimiter.length
    const line = readDelimiterLine(searched, { start: range.start, end: range.end, exact }, found, position)
    if (line === null) {
      continue
    }
    if (partStart >= 0) {
      yield { start: partStart, end: Math.max(partStart, trimLineBreak(bytes, found)) }
    }
    if (line.closing) {
      return
    }
    partStart = line.next
    position = line.next
  }
  if (partStart >= 0) {
    yield { start: partStart, end: range.end }
  }
}

/** Whether the delimiter found is one: at the start of a line, followed by nothing but `--` and blanks. */
function readDelimiterLine(
  bytes: Buffer,
  range: { readonly start: number; readonly end: number; readonly exact: boolean },
  found: number,
  after: number,
): { readonly closing: boolean; readonly next: number } | null {
  if (found > range.start && bytes[found - 1] !== 0x0a) {
    return null
  }
  const closing = bytes[after] === 0x2d && bytes[after + 1] === 0x2d
  let index = closing ? after + 2 : after
  while (index < range.end && (bytes[index] === 0x20 || bytes[index] === 0x09 || bytes[index] === 0x0d)) {
    index += 1
  }
  if (index < range.end && bytes[index] !== 0x0a && !closing && range.exact) {
    return null
  }
  const lineEnd = bytes.indexOf(0x0a, index)
  return { closing, next: lineEnd < 0 ? range.end : Math.min(lineEnd + 1, range.end) }
}

function trimLineBreak(bytes: Buffer, end: number): number {
  const beforeLf = bytes[end - 1] === 0x0a ? end - 1 : end
  return beforeLf < end && bytes[beforeLf - 1] === 0x0d ? beforeLf - 1 : beforeLf
}
