import { describe, expect, it } from 'vitest'
import { fromDayField, toDayField } from './sync-day.ts'

describe('a day in a date field', () => {
  it.each(['2026-01-15', '2024-02-29', '1970-01-02'])('%s is the local day, both ways', (day) => {
    const moment = new Date(fromDayField(day) ?? '')
    expect([moment.getHours(), moment.getMinutes()]).toEqual([0, 0])
    expect(toDayField(moment)).toBe(day)
  })

  it('a moment within a day is that day', () => {
    expect(toDayField(new Date(2026, 0, 15, 17, 30))).toBe('2026-01-15')
  })

  it('nothing is everything', () => {
    expect(fromDayField(' ')).toBeNull()
    expect(toDayField(null)).toBe('')
  })

  it('what is no day is left to the schema', () => {
    expect(fromDayField('soon')).toBe('soon')
  })
})
