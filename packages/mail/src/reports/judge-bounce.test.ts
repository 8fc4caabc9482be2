import { describe, expect, it } from 'vitest'
import { isHardStatus, judgeBounce } from './judge-bounce.ts'

describe('judgeBounce', () => {
  it.each([
    ['5.1.1', null, 'hard'],
    ['5.1.2', null, 'hard'],
    ['5.1.3', null, 'hard'],
    ['5.1.6', null, 'hard'],
    ['5.1.10', null, 'hard'],
    ['5.2.1', 'smtp; 550 5.2.1 The mailbox is disabled', 'hard'],
    ['5.2.1', 'The user you are trying to contact is receiving mail at a rate that prevents delivery', 'soft'],
    ['5.2.2', '552 5.2.2 Mailbox full', 'soft'],
    ['5.1.1', '550 5.1.1 Message blocked as spam', 'soft'],
    ['5.4.4', 'Host or domain name not found. Name service error', 'hard'],
    ['5.4.4', 'Unable to route', 'soft'],
    ['5.4.1', '550 5.4.1 Recipient address rejected: Access denied', 'soft'],
    ['5.7.1', '550 5.7.1 Rejected by policy', 'soft'],
    ['4.4.7', 'Delivery time expired', 'soft'],
    ['4.1.1', 'user unknown', 'soft'],
    ['5.0.0', '550 5.1.1 No such user', 'hard'],
    ['5.0.0', '550 No such user', 'hard'],
    [null, '550 mailbox unavailable', 'soft'],
    [null, 'Sorry, no mailbox here by that name. (#5.1.1)', 'hard'],
    [null, 'Unrouteable address', 'hard'],
    [null, '450 user unknown', 'soft'],
    [null, null, 'soft'],
  ] as const)('%s %s is %s', (status, diagnostic, kind) => {
    expect(judgeBounce({ status, diagnostic })).toBe(kind)
  })

  it('comes to an end over hostile words', () => {
    expect(judgeBounce({ status: null, diagnostic: 'user '.repeat(100_000) })).toBe('soft')
  })
})

describe('isHardStatus', () => {
  it.each([
    ['5.1.1', true],
    ['5.2.1', false],
    ['5.7.1', false],
    ['4.1.1', false],
    [null, false],
  ] as const)('%s: %s', (status, isHard) => {
    expect(isHardStatus(status)).toBe(isHard)
  })
})
