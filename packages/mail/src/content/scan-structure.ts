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
  /** The first charset that a part names: raw octets in headers are likely to be of it. */
  readonly charset: string | null
}

interface Scan {
  readonly bytes: Buffer
  partsLeft: number
  complete: boolean
  charset: string | null
}

interface Range {
  readonly start: number
  readonly end: number
  readonly address: string
  readonly depth: number
  /** multipart/digest holds messages unless a part says otherwise. */
  readonly defaultType: string
  /** The parent's boundary, and where a multipart ends that has taken the same one for itself. */
  readonly shared?: { readonly boundary: string; readonly end: () => number }
}

/**
 * Finds the parts of a message by searching for boundaries, the cheapest way there is: no line is copied and no body is decoded.
 * A message within a message (message/rfc822) is one part; it is not entered. Broken boundaries end with their parent. Bounded by
 * CONTENT_LIMITS; never throws.
 */
export function scanStructure(bytes: Buffer): MimeStructure {
  const scan: Scan = { bytes, partsLeft: CONTENT_LIMITS.parts, complete: true, charset: null }
  const root = scanPart(scan, { start: 0, end: bytes.length, address: '', depth: 0, defaultType: 'text/plain' })
  return { root, complete: scan.complete, charset: scan.charset }
}

function scanPart(scan: Scan, range: Range): MimePart {
  scan.partsLeft -= 1
  const { fields, bodyStart } = parseHeaderBlock(scan.bytes, { ...range, likelyCharset: () => scan.charset })
  const declared = parseParameters(findHeader(fields, 'content-type'))
  scan.charset ??= declared.parameters.get('charset') ?? null
  // RFC 2045 section 5.2: what is missing or makes no sense is plain text.
  const known = /^[^\s/]+\/[^\s/]+$/u.test(declared.value)
  const contentType = known ? declared : { value: range.defaultType, parameters: declared.parameters }
  const boundary = contentType.value.startsWith('multipart/') ? (contentType.parameters.get('boundary') ?? '') : ''
  const end = range.shared !== undefined && range.shared.boundary === boundary ? range.shared.end() : range.end
  const defaultType = contentType.value === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  const children = boundary === '' ? [] : scanChildren(scan, { ...range, start: bodyStart, end, defaultType }, boundary)
  return {
    address: range.address === '' && children.length === 0 ? '1' : range.address,
    fields,
    contentType,
    disposition: parseParameters(findHeader(fields, 'content-disposition')),
    transferEncoding: parseParameters(findHeader(fields, 'content-transfer-encoding')).value,
    bodyStart,
    bodyEnd: Math.max(bodyStart, end),
    children,
  }
}

/** The parts within a range. Its `defaultType` is theirs. */
function scanChildren(scan: Scan, range: Range, boundary: string): MimePart[] {
  if (range.depth >= CONTENT_LIMITS.depth) {
    scan.complete = false
    return []
  }
  const children: MimePart[] = []
  const delimiters = findDelimiters(scan, range, boundary)
  let reached = range.start
  for (const [index, { next, closing }] of delimiters.entries()) {
    if (next <= reached) {
      continue
    }
    if (closing || scan.partsLeft <= 0) {
      scan.complete &&= closing
      break
    }
    const end = Math.max(next, delimiters[index + 1]?.start ?? range.end)
    const endOfShared = (): number => delimiters.find((later, place) => place > index && later.closing)?.next ?? range.end
    const number = String(children.length + 1)
    const address = range.address === '' ? number : `${range.address}.${number}`
    const child = scanPart(scan, {
      start: next,
      end,
      address,
      depth: range.depth + 1,
      defaultType: range.defaultType,
      shared: { boundary, end: endOfShared },
    })
    reached = Math.max(reached, child.bodyEnd)
    children.push(child)
  }
  return children
}

/** A delimiter line (RFC 2046 section 5.1.1). The line break before it belongs to it. */
interface Delimiter {
  readonly start: number
  /** Where the next line begins. */
  readonly next: number
  readonly closing: boolean
}

/**
 * The delimiter lines of a multipart, as many as are of use. What else may stand for one is believed only where none is: the RFC lets a delimiter
 * line go on with anything, but a boundary may be the beginning of another one; and transport drops the blanks in which a boundary must not end.
 */
function findDelimiters(scan: Scan, range: Range, boundary: string): readonly Delimiter[] {
  const opens = (found: readonly Delimiter[]): boolean => found.some(({ closing }) => !closing)
  const exact = listDelimiters(scan, range, { boundary, exact: true })
  const loose = opens(exact) ? exact : listDelimiters(scan, range, { boundary, exact: false })
  const trimmed = boundary.trimEnd()
  return opens(loose) || trimmed === boundary || trimmed === '' ? loose : listDelimiters(scan, range, { boundary: trimmed, exact: true })
}

/** What is searched for. `exact`: nothing but `--` and blanks may follow the boundary. */
interface Sought {
  readonly boundary: string
  readonly exact: boolean
}

function listDelimiters({ bytes, partsLeft }: Scan, range: Range, { boundary, exact }: Sought): Delimiter[] {
  const text = Buffer.from(`--${boundary}`, 'utf8')
  // Within the range only: a thousand parts that lack their boundary would each be searched to the end of the message.
  const searched = bytes.subarray(0, range.end)
  const delimiters: Delimiter[] = []
  let position = range.start
  while (delimiters.length < partsLeft + 2) {
    const found = searched.indexOf(text, position)
    if (found < 0) {
      break
    }
    position = found + text.length
    const atLineStart = found === range.start || bytes[found - 1] === 0x0a
    const line = atLineStart ? readDelimiterLine(searched, position, exact) : null
    if (line !== null) {
      delimiters.push({ ...line, start: trimLineBreak(bytes, found) })
      position = line.next
    }
  }
  return delimiters
}

/** What follows a delimiter at the start of a line: nothing but `--` and blanks, or it is none. */
function readDelimiterLine(bytes: Buffer, after: number, exact: boolean): { readonly closing: boolean; readonly next: number } | null {
  const closing = bytes[after] === 0x2d && bytes[after + 1] === 0x2d
  let index = closing ? after + 2 : after
  while (bytes[index] === 0x20 || bytes[index] === 0x09 || bytes[index] === 0x0d) {
    index += 1
  }
  if (index < bytes.length && bytes[index] !== 0x0a && !closing && exact) {
    return null
  }
  const lineEnd = bytes.indexOf(0x0a, index)
  return { closing, next: lineEnd < 0 ? bytes.length : lineEnd + 1 }
}

function trimLineBreak(bytes: Buffer, end: number): number {
  const beforeLf = bytes[end - 1] === 0x0a ? end - 1 : end
  return beforeLf < end && bytes[beforeLf - 1] === 0x0d ? beforeLf - 1 : beforeLf
}
