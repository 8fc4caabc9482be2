import { describe, expect, it } from 'vitest'
import { toImapDate } from './imap-date.ts'

describe('a date for APPEND', () => {
  it.each([
    ['2024-01-05T03:04:05.678Z', ' 5-Jan-2024 03:04:05 +0000'],
    ['2024-12-31T23:59:59.999Z', '31-Dec-2024 23:59:59 +0000'],
  ])('%s is "%s"', (date, text) => {
    expect(toImapDate(new Date(date))).toBe(text)
  })
})
