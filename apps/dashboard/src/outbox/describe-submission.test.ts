import { describe, expect, it } from 'vitest'
import { canCancel, canRetry, describeRecipients, hasComeBack, isUnderWay, STATUS_WORDS } from './describe-submission.ts'

const to = (...emails: readonly string[]) => emails.map((email) => ({ email, kind: 'to' as const, status: 'accepted' as const }))

describe('the recipients of a message', () => {
  it.each([
    [['a@example.com'], 1, 'a@example.com'],
    [['a@example.com', 'b@example.com'], 2, 'a@example.com, b@example.com'],
    [['a@example.com', 'b@example.com', 'c@example.com'], 7, 'a@example.com, b@example.com and 5 more'],
  ])('%j of %i', (emails, recipientCount, words) => {
    expect(describeRecipients({ recipients: to(...emails), recipientCount })).toBe(words)
  })

  it('tell whether mail came back', () => {
    expect(hasComeBack({ recipients: to('a@example.com') })).toBe(false)
    expect(hasComeBack({ recipients: [{ email: 'a@example.com', kind: 'bcc', status: 'bounced' }] })).toBe(true)
  })
})

it('what may be done depends on how it stands', () => {
  const statuses = Object.keys(STATUS_WORDS) as (keyof typeof STATUS_WORDS)[]
  expect(statuses.filter((status) => isUnderWay({ status }))).toEqual(['accepted', 'sending', 'deferred'])
  expect(statuses.filter((status) => canCancel({ status }))).toEqual(['accepted', 'deferred'])
  expect(statuses.filter((status) => canRetry({ status }))).toEqual(['deferred', 'failed', 'unknown'])
})
