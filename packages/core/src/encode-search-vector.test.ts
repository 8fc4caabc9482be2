import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSearchVector, type SearchField } from './encode-search-vector.ts'
import { listSearchTerms, SEARCH_LIMITS } from './search-terms.ts'

/** Reads it as tsvectorrecv does. */
function decode(octets: Uint8Array): Map<string, number[]> {
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
  expect(new Set(lexemes.map(([lexeme]) => lexeme)).size).toBe(lexemes.length)
  return new Map(lexemes)
}

/** The same the simple way, within the limits. */
function group(fields: readonly SearchField[]): Map<string, number[]> {
  const grouped = new Map<string, number[]>()
  let position = 0
  for (const { weight, text } of fields) {
    const terms = listSearchTerms(text)
    position += position > 0 && terms.length > 0 ? 1 : 0
    for (const term of terms) {
      position += 1
      grouped.set(term, [...(grouped.get(term) ?? []), ('DCBA'.indexOf(weight) << 14) + position])
    }
  }
  return grouped
}

const field = (weight: SearchField['weight'], text: string): SearchField => ({ weight, text })

describe('encodeSearchVector', () => {
  it('writes what PostgreSQL reads', () => {
    const octets = encodeSearchVector([field('D', 'A ü a')])
    expect([...octets]).toEqual([0, 0, 0, 2, 0x61, 0, 0, 2, 0, 1, 0, 3, 0x75, 0, 0, 1, 0, 2])
  })

  it('writes nothing as no lexemes', () => {
    expect([...encodeSearchVector([])]).toEqual([0, 0, 0, 0])
    expect([...encodeSearchVector([field('A', '')])]).toEqual([0, 0, 0, 0])
  })

  it('counts positions on through the fields, a free one between them, each with the weight of its field', () => {
    expect(decode(encodeSearchVector([field('A', 'b a'), field('B', ''), field('D', 'a 会議室 a')]))).toEqual(
      new Map([
        ['b', [(3 << 14) + 1]],
        ['a', [(3 << 14) + 2, 4, 7]],
        ['会議', [5]],
        ['議室', [6]],
      ]),
    )
  })

  it('keeps to the limits of PostgreSQL', () => {
    const vector = encodeSearchVector([field('A', 'x'), field('D', `${'a '.repeat(400)}${'𠀀𠀁'.repeat(20)}${'b c '.repeat(10_000)}`)])
    const positions = [...decode(vector).values()]
    expect(decode(vector).get('a')).toHaveLength(255)
    expect(positions.every((list) => list.length <= 255 && list.every((position, index) => position > (list[index - 1] ?? 0)))).toBe(true)
    expect(Math.max(...positions.flat().map((position) => position & 0x3fff))).toBeLessThanOrEqual(16_383)
    const long = Array.from({ length: SEARCH_LIMITS.terms }, (_value, number) => `${'ü'.repeat(20)}${number}`).join(' ')
    // 1 MB is the limit of PostgreSQL.
    expect(encodeSearchVector([field('D', `${long}${'會'.repeat(60_000)}`)]).length).toBeLessThan(1_000_000)
  })

  it('leaves room for the text behind a long list of addresses', () => {
    const addresses = Array.from({ length: 3_000 }, (_value, number) => `person${number}@a.example`).join(' ')
    const grouped = decode(encodeSearchVector([field('A', 'subject'), field('B', addresses), field('C', ''), field('D', 'readable')]))
    expect(grouped.has('readable')).toBe(true)
    expect(grouped.has('person0@a.example')).toBe(true)
    expect([...grouped.values()].flat().length).toBeLessThanOrEqual(SEARCH_LIMITS.terms)
  })

  it('keeps every term and position of any texts, one after another', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.lorem({ maxCount: 60 }),
    )
    fc.assert(
      fc.property(fc.array(fc.record({ weight: fc.constantFrom('A', 'B', 'C', 'D'), text }), { maxLength: 4 }), (fields) => {
        expect(decode(encodeSearchVector(fields))).toEqual(group(fields))
      }),
      { numRuns: 500 },
    )
  })
})
