import { describe, expect, it } from 'vitest'
import { describeAge, describeDay, describeDistance, describeMessageDate } from './relative-date.ts'

const now = new Date(2026, 10, 18, 15, 30)
const ago = (ms: number) => new Date(now.getTime() - ms)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('describeDistance', () => {
  it.each([
    [0, 'just now'],
    [44_000, 'just now'],
    [50_000, '1 min ago'],
    [59 * MINUTE, '59 min ago'],
    [HOUR, '1 h ago'],
    [23 * HOUR + 59 * MINUTE, '23 h ago'],
    [DAY, '1 day ago'],
    [40 * DAY, '40 days ago'],
    [-5_000, 'in a moment'],
    [-3 * MINUTE, 'in 3 min'],
    [-2 * HOUR, 'in 2 h'],
  ])('%i ms back is "%s"', (ms, words) => {
    expect(describeDistance(ago(ms), now)).toBe(words)
  })
})

describe('describeAge', () => {
  it('never lies in the future, whatever the clocks say', () => {
    expect(describeAge(ago(-10 * MINUTE), now)).toBe('just now')
    expect(describeAge(ago(2 * MINUTE), now)).toBe('2 min ago')
  })
})

describe('describeMessageDate', () => {
  it.each([
    [new Date(2026, 10, 18, 0, 1), '00:01'],
    [new Date(2026, 10, 17, 23, 59), 'Yesterday'],
    [new Date(2026, 10, 12, 12), 'Thursday'],
    [new Date(2026, 10, 11, 12), '11 Nov'],
    [new Date(2025, 11, 31, 12), '31 Dec 2025'],
    [new Date(2026, 10, 20, 9), '20 Nov'],
  ])('%s is "%s"', (date, words) => {
    expect(describeMessageDate(date, now, 'en-GB')).toBe(words)
  })
})

it('names a day', () => {
  expect(describeDay(new Date(2026, 0, 15), 'en-GB')).toBe('15 January 2026')
})
