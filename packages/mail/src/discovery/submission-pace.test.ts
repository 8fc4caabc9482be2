import { describe, expect, it } from 'vitest'
import { findSubmissionPace } from './submission-pace.ts'

describe('findSubmissionPace', () => {
  it('keeps below the 30 messages a minute and three connections of Microsoft', () => {
    const { connections, rate } = findSubmissionPace('smtp.office365.com')
    expect((rate?.perMinute ?? 0) + (rate?.burst ?? 0)).toBeLessThanOrEqual(30)
    expect(connections).toBe(1)
  })

  it.each(['smtp.gmail.com', 'mail.example.org', ''])('knows none for %j', (host) => {
    expect(findSubmissionPace(host)).toEqual({ connections: 2, rate: null })
  })
})
