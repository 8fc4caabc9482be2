import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ResponseLine } from '../wire/response-scanner.ts'
import { MAX_UID, toUidSet } from './uid-set.ts'
import { UidSearchReader } from './uid-search-reader.ts'

function lineOf(text: string): ResponseLine {
  const octets = Buffer.from(text, 'latin1')
  return { octets, start: 0, end: octets.length, literal: -1 }
}

function read(responses: readonly (readonly ['SEARCH' | 'ESEARCH', ...string[]])[], exists = 10): number[] {
  const reader = new UidSearchReader(exists)
  for (const [keyword, ...lines] of responses) {
    reader.begin(keyword === 'ESEARCH')
    for (const line of lines) reader.read(lineOf(line))
  }
  return reader.finish()
}

describe('SEARCH', () => {
  it.each<[string, string[], number[]]>([
    ['numbers', [' 1 2 9'], [1, 2, 9]],
    ['nothing', [''], []],
    ['several lines, in any order and twice', [' 9 1', ' 2 9'], [1, 2, 9]],
    ['blanks where they may be and where not', ['  1   2 '], [1, 2]],
    ['what is no number between them', [' 1 x 2y -3 4.5 0 4294967296 99999999999999999999 9'], [1, 9]],
    ['the largest number', [` ${MAX_UID}`], [MAX_UID]],
    ['a mod-sequence behind them (RFC 7162 section 3.1.5)', [' 1 2 (MODSEQ 917162500)'], [1, 2]],
    ['a list that is never closed', [' 1 (MODSEQ 9'], [1]],
  ])('of %s', (_what, lines, uids) => {
    expect(read(lines.map((line) => ['SEARCH', line]))).toEqual(uids)
  })

  it('gives all of many', () => {
    const uids = Array.from({ length: 200_000 }, (_value, index) => index * 3 + 1)
    expect(read([['SEARCH', ` ${uids.join(' ')}`]], 0)).toEqual(uids)
  })
})

describe('ESEARCH (RFC 4731)', () => {
  it.each<[string, string[], number[]]>([
    ['ranges', [' (TAG "W1") UID ALL 1:3,7,9:10'], [1, 2, 3, 7, 9, 10]],
    ['nothing', [' (TAG "W1") UID'], []],
    ['no correlator', [' UID ALL 4'], [4]],
    ['lower case', [' (tag "w1") uid all 4'], [4]],
    ['other results around', [' (TAG "W1") UID MIN 1 COUNT 3 ALL 5,7 MAX 9 MODSEQ 12'], [5, 7]],
    ['a result that is a list', [' UID PARTIAL (1:2 5:6) ALL 7'], [7]],
    ['a range upside down', [' UID ALL 5:3'], [3, 4, 5]],
    ['overlapping ranges', [' UID ALL 1:3,2:4,3'], [1, 2, 3, 4]],
    ['nonsense between them', [' UID ALL 0:2,1:x,x,3:4:5,4294967296,1:4294967296,*,2:*,6'], [6]],
    ['a correlator that is a literal', [' (TAG ', ') UID ALL 8'], [8]],
    ['a word that only begins like ALL', [' UID ALLX 3 ALL 4'], [4]],
    ['ALL at the end', [' UID ALL'], []],
  ])('of %s', (_what, lines, uids) => {
    expect(read([['ESEARCH', ...lines]])).toEqual(uids)
  })

  it('makes no more UIDs of ranges than there can be, however often they are told (faults A14)', () => {
    const bomb = ' UID ALL 1:4294967295'
    expect(
      read(
        [
          ['ESEARCH', bomb],
          ['ESEARCH', bomb],
        ],
        50,
      ).length,
    ).toBeLessThanOrEqual(100_050)
  })

  it('names what a set was written of', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (uids) => {
        expect(read([['ESEARCH', ` UID ALL ${toUidSet(uids)}`]])).toEqual(uids.toSorted((left, right) => left - right))
      }),
    )
  })
})

it('tells an empty answer from none', () => {
  const reader = new UidSearchReader(1)
  expect(reader.isAnswered).toBe(false)
  reader.begin(true)
  expect(reader.isAnswered).toBe(true)
})

it('takes any octets', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('SEARCH', 'ESEARCH'), fc.string()), { maxLength: 5 }), (responses) => {
      const found = read(responses)
      expect(found).toEqual([...new Set(found)].toSorted((left, right) => left - right))
    }),
  )
})
