import type { SearchTerms } from './search-terms.ts'

/** Octets of a lexeme: PostgreSQL refuses 2 kB. No limit of ours lets a term come near. */
const MAX_LEXEME_OCTETS = 2_046

/**
 * Writes terms as PostgreSQL receives a `tsvector` in binary: a column of COPY BINARY, or a parameter that a driver sends as octets. A count of
 * four octets, then for each lexeme its UTF-8 and a zero, a count of two octets, and the positions of two octets each, all big-endian
 * (`tsvectorrecv` in src/backend/utils/adt/tsvector.c). The server sorts.
 */
export function encodeSearchVector(terms: SearchTerms): Uint8Array {
  let size = 4
  for (const [term, positions] of terms) {
    // Three octets a UTF-16 unit at most.
    size += term.length * 3 + 3 + positions.length * 2
  }
  const octets = new Uint8Array(size)
  let end = 4
  let count = 0
  for (const [term, positions] of terms) {
    const start = end
    end = writeUtf8(octets, start, term)
    if (end - start > MAX_LEXEME_OCTETS) {
      end = start
      continue
    }
    count += 1
    octets[end] = 0
    end = writeUint16(octets, end + 1, positions.length)
    for (const position of positions) {
      end = writeUint16(octets, end, position)
    }
  }
  writeUint16(octets, 0, count >>> 16)
  writeUint16(octets, 2, count)
  return octets.subarray(0, end)
}

function writeUint16(octets: Uint8Array, at: number, value: number): number {
  octets[at] = value >>> 8
  octets[at + 1] = value
  return at + 2
}

/** Terms are well formed: every surrogate has its other half. */
function writeUtf8(octets: Uint8Array, at: number, text: string): number {
  let end = at
  for (let index = 0; index < text.length; index += 1) {
    const point = text.codePointAt(index) ?? 0
    if (point < 0x80) {
      octets[end] = point
      end += 1
      continue
    }
    if (point > 0xffff) {
      index += 1
    }
    end = writeSequence(octets, end, point)
  }
  return end
}

function writeSequence(octets: Uint8Array, at: number, point: number): number {
  const continuations = point < 0x800 ? 1 : point < 0x1_00_00 ? 2 : 3
  const lead = [0, 0xc0, 0xe0, 0xf0][continuations] ?? 0
  octets[at] = lead | (point >>> (6 * continuations))
  for (let left = continuations - 1, index = at + 1; left >= 0; left -= 1, index += 1) {
    octets[index] = 0x80 | ((point >>> (6 * left)) & 0x3f)
  }
  return at + continuations + 1
}
