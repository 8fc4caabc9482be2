import { describe, expect, it } from 'vitest'
import { planMailboxRetry } from './plan-mailbox-retry.ts'

const SIX_HOURS = 6 * 3_600_000

describe('planMailboxRetry', () => {
  it.each([
    ['a mailbox that is broken', 'mailbox', true, 1, SIX_HOURS],
    ['one that is not ours to read', 'permission', true, 1, SIX_HOURS],
    ['an answer that makes no sense', 'protocol', true, 1, SIX_HOURS],
    ['an answer that ends the connection, once', 'protocol', false, 1, null],
    ['an answer that ends the connection, again', 'protocol', false, 2, SIX_HOURS],
    ['a refusal of the moment', 'transient', true, 1, 30_000],
    ['the same refusal, the third time', 'transient', true, 3, 120_000],
    ['the same refusal for ever', 'transient', true, 99, SIX_HOURS],
    ['a connection lost by chance', 'transient', false, 4, null],
    ['a connection lost in the same mailbox again and again', 'transient', false, 5, 480_000],
    ['a throttled account: it has a backoff of its own', 'throttle', false, 9, null],
  ] as const)('%s', (_what, faultClass, confined, failures, expected) => {
    expect(planMailboxRetry({ class: faultClass, confined, failures })).toBe(expected)
  })
})
