import { hash } from 'node:crypto'
import { CONTENT_LIMITS } from './content-limits.ts'

const CR = 0x0d
const LF = 0x0a

/** SHA-256 in one call: no object for each message. */
export function hashOctets(octets: Uint8Array): Uint8Array {
  return hash('sha256', octets, 'buffer')
}

/**
 * SHA-256 of a message's header block, the same whether it is taken from the whole source or from what a server answers for BODY[HEADER]: the octets
 * before the first empty line (everything when there is none), without the line breaks at their end, which some servers leave out. Of a
 * header over CONTENT_LIMITS.headerOctets only so much counts.
 */
export function hashHeader(source: Uint8Array): Uint8Array {
  const limit = Math.min(source.length, CONTENT_LIMITS.headerOctets)
  const bytes = Buffer.from(source.buffer, source.byteOffset, limit)
  let end = findEmptyLine(bytes)
  while (end > 0 && (bytes[end - 1] === CR || bytes[end - 1] === LF)) {
    end -= 1
  }
  return hashOctets(bytes.subarray(0, end))
}

/** Where the line before the first empty one ends. */
function findEmptyLine(bytes: Buffer): number {
  if (bytes[0] === LF || (bytes[0] === CR && bytes[1] === LF)) {
    return 0
  }
  const crlf = bytes.indexOf('\n\r\n', 0, 'latin1')
  const before = crlf < 0 ? bytes : bytes.subarray(0, crlf + 1)
  const lf = before.indexOf('\n\n', 0, 'latin1')
  return lf < 0 ? (crlf < 0 ? bytes.length : crlf) : lf
}
