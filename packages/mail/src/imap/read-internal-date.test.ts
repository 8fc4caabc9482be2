import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readInternalDate } from './read-internal-date.ts'

const two = (value: number): string => String(value).padStart(2, '0')

it.each<[string, string | null]>([
  ['15-Jan-2026 10:20:30 +0000', '2026-01-15T10:20:30.000Z'],
  [' 5-Dec-1999 23:59:59 +0130', '1999-12-05T22:29:59.000Z'],
  ['01-FEB-2000 00:00:00 -0800', '2000-02-01T08:00:00.000Z'],
  // Other spellings, as far as JavaScript knows them.
  ['5-Jan-2026 10:20:30 +0000', '2026-01-05T10:20:30.000Z'],
  ['Thu, 15 Jan 2026 10:20:30 +0000', '2026-01-15T10:20:30.000Z'],
  ['2026-01-15T10:20:30Z', '2026-01-15T10:20:30.000Z'],
  ['nonsense', null],
  ['', null],
  ['NIL', null],
  ['32-Jan-2026 10:20:30 +0000', null],
  ['15-Foo-2026 10:20:30 +0000', null],
  ['15-Jan-2026 25:20:30 +0000', null],
  // What a database cannot store.
  ['31-Dec-1969 23:59:59 +0000', null],
  ['+275760-09-13T00:00:00.000Z', null],
  ['x'.repeat(5_000), null],
])('%j is %s', (text, expected) => {
  expect(readInternalDate(text)?.toISOString() ?? null).toBe(expected)
})

it('reads the spelling of the standard as JavaScript does', () => {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 1971, max: 2200 }), fc.nat(11), fc.integer({ min: 1, max: 28 }), fc.nat(23), fc.nat(59), fc.nat(59)),
      fc.integer({ min: -12, max: 14 }),
      ([year, month, day, hour, minute, second], zone) => {
        const clock = `${two(hour)}:${two(minute)}:${two(second)} ${zone < 0 ? '-' : '+'}${two(Math.abs(zone))}00`
        const text = `${two(day)}-${months[month]}-${year} ${clock}`
        expect(readInternalDate(text)).toEqual(new Date(text))
      },
    ),
  )
})

it('takes any text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readInternalDate(text)?.getTime() ?? 0).toBeGreaterThanOrEqual(0)
    }),
  )
})
