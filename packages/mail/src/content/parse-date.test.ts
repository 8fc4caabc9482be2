import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseDate } from './parse-date.ts'

const NOW = new Date('2026-06-15T12:00:00Z')
const read = (header: string | null): string | null => parseDate(header, NOW)?.toISOString() ?? null

it.each([
  ['Thu, 15 Jan 2026 10:20:30 +0100', '2026-01-15T09:20:30.000Z'],
  ['15 Jan 2026 10:20 -0530', '2026-01-15T15:50:00.000Z'],
  ['Thu, 15 Jan 2026 10:20:30 GMT', '2026-01-15T10:20:30.000Z'],
  ['Thu, 15 Jan 2026 10:20:30 EST', '2026-01-15T15:20:30.000Z'],
  ['Thu, 15 Jan 2026 10:20:30 +0000 (UTC)', '2026-01-15T10:20:30.000Z'],
  ['Thu,  15   January   2026\r\n 10:20:30 +0000', '2026-01-15T10:20:30.000Z'],
  ['Thu, 15-Jan-2026 10:20:30 +0000', '2026-01-15T10:20:30.000Z'],
  ['Thu, 15 Jan 2026 10.20.30 +0000', '2026-01-15T10:20:30.000Z'],
  ['Thu, 15 Jan 2026 10:20:60 +0000', '2026-01-15T10:20:59.000Z'],
  ['Thu, 15 Jan 26 10:20:30 +0000', '2026-01-15T10:20:30.000Z'],
  ['Thu, 15 Jan 98 10:20:30 +0000', '1998-01-15T10:20:30.000Z'],
  ['Thu, 15 Jan 2026 10:20:30', '2026-01-15T10:20:30.000Z'],
  ['Thu, 15 Jan 2026 10:20:30 XYZ', '2026-01-15T10:20:30.000Z'],
  ['2026-01-15T10:20:30Z', '2026-01-15T10:20:30.000Z'],
  ['2026-01-15 10:20:30.123 +01:00', '2026-01-15T09:20:30.000Z'],
  ['Wed Jan 14 22:03:11 2026', '2026-01-14T22:03:11.000Z'],
])('%j is %s', (header, expected) => {
  expect(read(header)).toBe(expected)
})

it.each([
  ['nothing', null],
  ['an empty header', ''],
  ['nonsense', 'Mon, 99 Foo 99999'],
  ['a month that is none', 'Thu, 15 Foo 2026 10:20:30 +0000'],
  ['a day that is none', 'Thu, 41 Jan 2026 10:20:30 +0000'],
  ['an hour that is none', 'Thu, 15 Jan 2026 25:20:30 +0000'],
  ['the year 0', 'Thu, 15 Jan 0000 10:20:30 +0000'],
  ['a date before 1970', 'Thu, 15 Jan 1969 10:20:30 +0000'],
  ['a date more than a day ahead', 'Thu, 18 Jun 2026 10:20:30 +0000'],
  ['40 kB', 'x'.repeat(40_000)],
])('%s is no date', (_what, header) => {
  expect(read(header)).toBeNull()
})

it('takes an impossible zone for UTC', () => {
  expect(read('Thu, 15 Jan 2026 10:20:30 +9999')).toBe('2026-01-15T10:20:30.000Z')
})

it('allows a clock that is a little ahead', () => {
  expect(read('Tue, 16 Jun 2026 11:00:00 +0000')).toBe('2026-06-16T11:00:00.000Z')
})

it('answers a date the database can hold, or null, whatever is written', () => {
  const digits = fc.integer({ min: 0, max: 99_999 }).map(String)
  const header = fc
    .tuple(digits, fc.constantFrom('Jan', 'Feb', 'Dec', 'Foo'), digits, digits, digits, fc.string())
    .map(([d, m, y, h, i, z]) => `${d} ${m} ${y} ${h}:${i} ${z}`)
  fc.assert(
    fc.property(fc.oneof(header, fc.string()), (text) => {
      const date = parseDate(text, NOW)
      expect(date === null || (date.getTime() >= 0 && date.getTime() <= NOW.getTime() + 86_400_000)).toBe(true)
    }),
  )
})
