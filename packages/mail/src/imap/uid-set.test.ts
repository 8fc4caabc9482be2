import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_UID, toUidSet } from './uid-set.ts'

it.each([
  [[5], '5'],
  [[1, 2, 3], '1:3'],
  [[3, 1, 2], '1:3'],
  [[1, 1, 2], '1:2'],
  [[1, 3, 4, 9], '1,3:4,9'],
  [[1, 1_000_000, MAX_UID], '1,1000000,4294967295'],
] as const)('%j is %s', (uids, expected) => {
  expect(toUidSet(uids)).toBe(expected)
})

it('refuses to write an empty set', () => {
  expect(() => toUidSet([])).toThrow(RangeError)
})

it('names exactly the UIDs it was given', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (uids) => {
      const named = toUidSet(uids)
        .split(',')
        .flatMap((range) => {
          const [from = 0, to = from] = range.split(':').map(Number)
          return Array.from({ length: to - from + 1 }, (_value, index) => from + index)
        })
      expect(named).toEqual(uids.toSorted((left, right) => left - right))
    }),
  )
})
