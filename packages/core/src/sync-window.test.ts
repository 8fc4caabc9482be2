import { describe, expect, it } from 'vitest'
import { reachesFurther, SyncFrom, toSyncFrom } from './sync-window.ts'

describe('SyncFrom', () => {
  it.each([
    ['2026-01-15', '2026-01-15T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['2026-01-15T08:30:00Z', '2026-01-15T08:30:00.000Z'],
    ['2026-01-15T00:00:00+09:00', '2026-01-14T15:00:00.000Z'],
    ['1970-01-01', '1970-01-01T00:00:00.000Z'],
  ])('%s is the moment %s', (text, moment) => {
    expect(toSyncFrom(SyncFrom.parse(text)).toISOString()).toBe(moment)
  })

  it.each([
    '',
    'yesterday',
    '15.01.2026',
    '2026-1-15',
    '2026-02-30',
    '2026-01-15T08:30:00',
    '1969-12-31',
    '9999-12-31',
    '2026-01-15\n',
    0,
    null,
  ])('%j is refused', (value) => {
    expect(SyncFrom.safeParse(value).success).toBe(false)
  })

  it('is never in the future', () => {
    expect(SyncFrom.safeParse(new Date(Date.now() + 60_000).toISOString()).success).toBe(false)
    expect(SyncFrom.safeParse(new Date(Date.now() - 60_000).toISOString()).success).toBe(true)
  })
})

describe('reachesFurther', () => {
  const [early, late] = [new Date('2025-01-01'), new Date('2026-01-01')]
  it.each([
    ['an earlier day than a later one', early, late, true],
    ['a later day than an earlier one', late, early, false],
    ['the same day', early, new Date(early), false],
    ['everything than a day', null, late, true],
    ['a day than everything', late, null, false],
    ['everything than everything', null, null, false],
  ])('%s', (_what, syncFrom, than, expected) => {
    expect(reachesFurther(syncFrom, than)).toBe(expected)
  })
})
