import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSearchVector } from './encode-search-vector.ts'
import { groupSearchTerms } from './search-terms.ts'

/** Reads it as tsvectorrecv does. */
function decode(octets: Uint8Array): [string, number[]][] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  let at = 4
  const lexemes = Array.from({ length: view.getUint32(0) }, (): [string, number[]] => {
    const end = octets.indexOf(0, at)
    const lexeme = decodeURIComponent([...octets.subarray(at, end)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join(''))
    const count = view.getUint16(end + 1)
    const positions = Array.from({ length: count }, (_value, index) => view.getUint16(end + 3 + index * 2))
    at = end + 3 + count * 2
    return [lexeme, positions]
  })
  expect(at).toBe(octets.length)
  return lexemes
}

describe('encodeSearchVector', () => {
  it('writes what PostgreSQL reads', () => {
    const octets = encodeSearchVector(
      new Map([
        ['a', [1, 0xc002]],
        ['ü', [3]],
      ]),
    )
    expect([...octets]).toEqual([0, 0, 0, 2, 0x61, 0, 0, 2, 0, 1, 0xc0, 2, 0xc3, 0xbc, 0, 0, 1, 0, 3])
  })

  it('writes nothing as no lexemes', () => {
    expect([...encodeSearchVector(new Map())]).toEqual([0, 0, 0, 0])
  })

  it('leaves out a lexeme PostgreSQL would refuse', () => {
    expect(
      decode(
        encodeSearchVector(
          new Map([
            ['x'.repeat(2_047), [1]],
            ['y', [2]],
          ]),
        ),
      ),
    ).toEqual([['y', [2]]])
  })

  it('keeps every term and position of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const grouped = groupSearchTerms([{ weight: 'B', text }])
        expect(decode(encodeSearchVector(grouped))).toEqual([...grouped])
      }),
    )
  })
})
