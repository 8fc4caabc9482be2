import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  GIVE_UP_AFTER_MS,
  GIVE_UP_LIMITED_AFTER_MS,
  planAfterAttempt,
  retryDelayMs,
  type AttemptOutcome,
  type RecipientOutcome,
} from './submission-state.ts'
import type { RecipientStatus } from './submission.ts'

const NOW = new Date('2026-01-15T10:00:00Z')
const MINUTE = 60_000
const CLOCK = { now: NOW, random: 0 }
const NO_WORDS = { code: null, replyCode: null, enhancedStatus: null, response: null } as const

const told = (address: string, outcome: RecipientOutcome['outcome']): RecipientOutcome => ({ ...NO_WORDS, address, outcome })
const outcomeOf = (recipients: readonly RecipientOutcome[], rest: Partial<AttemptOutcome> = {}): AttemptOutcome => ({
  ...NO_WORDS,
  ...rest,
  recipients,
})
const pending = (...addresses: string[]) => addresses.map((address) => ({ address, status: 'pending' as RecipientStatus }))
const plan = (outcomes: readonly RecipientOutcome[], attempts = 1, dueAt = NOW) =>
  planAfterAttempt({ dueAt, attempts, recipients: pending(...outcomes.map(({ address }) => address)) }, outcomeOf(outcomes), CLOCK)

/** Milliseconds, when the server wants to be left alone for so long. */
function waitAfter(retryAfterMs: number): number {
  const deferred = outcomeOf([told('a@example.org', 'deferred')], { retryAfterMs })
  const { nextAttemptAt } = planAfterAttempt({ dueAt: NOW, attempts: 1, recipients: pending('a@example.org') }, deferred, CLOCK)
  return (nextAttemptAt?.getTime() ?? 0) - NOW.getTime()
}

describe('what follows from an attempt', () => {
  it.each([
    [['accepted'], 'sent'],
    [['refused'], 'failed'],
    [['deferred'], 'deferred'],
    [['unknown'], 'unknown'],
    // Those who were refused are told; the message was sent.
    [['accepted', 'refused'], 'sent'],
    [['accepted', 'deferred'], 'deferred'],
    [['refused', 'deferred'], 'deferred'],
    [['refused', 'unknown'], 'unknown'],
    [['accepted', 'unknown'], 'unknown'],
    [['deferred', 'unknown'], 'deferred'],
  ] as const)('%j: %s', (outcomes, status) => {
    expect(plan(outcomes.map((outcome, index) => told(`${index}@example.org`, outcome))).status).toBe(status)
  })

  it('is tried again only for those who were deferred', () => {
    const { recipients } = plan([told('a@example.org', 'accepted'), told('b@example.org', 'deferred'), told('c@example.org', 'refused')])
    expect([...recipients].map(([address, { status }]) => [address, status])).toEqual([
      ['a@example.org', 'accepted'],
      ['b@example.org', 'pending'],
      ['c@example.org', 'refused'],
    ])
  })

  it('counts what was settled before', () => {
    const recipients = [{ address: 'a@example.org', status: 'accepted' as const }, ...pending('b@example.org')]
    const { status } = planAfterAttempt({ dueAt: NOW, attempts: 2, recipients }, outcomeOf([told('b@example.org', 'refused')]), CLOCK)
    expect(status).toBe('sent')
  })

  it('takes the late answer of an attempt that was given up for unknown', () => {
    const recipients = [{ address: 'a@example.org', status: 'unknown' as const }]
    expect(planAfterAttempt({ dueAt: NOW, attempts: 1, recipients }, outcomeOf([told('a@example.org', 'accepted')]), CLOCK).status).toBe(
      'sent',
    )
  })
})

describe('when it is tried again', () => {
  it.each([
    [1, 1],
    [2, 5],
    [3, 15],
    [4, 60],
    [5, 120],
    [6, 240],
    [7, 480],
    [8, 480],
    [1_000, 480],
  ])('after %i attempts: %i minutes', (attempts, minutes) => {
    expect(retryDelayMs(attempts, 0)).toBe(minutes * MINUTE)
    expect(retryDelayMs(attempts, 0.999)).toBeLessThanOrEqual(minutes * MINUTE * 1.2)
  })

  it('is not before the server wants it, for a day at most', () => {
    expect(waitAfter(10 * MINUTE)).toBe(10 * MINUTE)
    expect(waitAfter(1)).toBe(MINUTE)
    expect(waitAfter(365 * 24 * 60 * MINUTE)).toBe(24 * 60 * MINUTE)
  })

  it('ends after two days: what was deferred to the end was refused', () => {
    const { status, nextAttemptAt, recipients } = plan([told('a@example.org', 'deferred')], 9, new Date(NOW.getTime() - GIVE_UP_AFTER_MS))
    expect({ status, nextAttemptAt }).toEqual({ status: 'failed', nextAttemptAt: null })
    expect(recipients.get('a@example.org')?.status).toBe('refused')
  })

  it('ends after five days where the account sends too much: most of that time it waits untried', () => {
    const outcome = outcomeOf([told('a@example.org', 'deferred')], { limitsAccount: true })
    const statusAt = (dueAt: Date): string =>
      planAfterAttempt({ dueAt, attempts: 1, recipients: pending('a@example.org') }, outcome, CLOCK).status
    expect(statusAt(new Date(NOW.getTime() - 2 * GIVE_UP_AFTER_MS))).toBe('deferred')
    expect(statusAt(new Date(NOW.getTime() - GIVE_UP_LIMITED_AFTER_MS))).toBe('failed')
  })

  it('goes on for at least a day, whatever chance says (contract: deferred with backoff)', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 20, maxLength: 20 }), (randoms) => {
        let now = NOW
        for (const [index, random] of randoms.entries()) {
          const progress = { dueAt: NOW, attempts: index + 1, recipients: pending('a@example.org') }
          const next = planAfterAttempt(progress, outcomeOf([told('a@example.org', 'deferred')]), { now, random })
          if (next.nextAttemptAt === null) {
            break
          }
          expect(next.nextAttemptAt.getTime()).toBeGreaterThan(now.getTime())
          now = next.nextAttemptAt
        }
        expect(now.getTime() - NOW.getTime()).toBeGreaterThan(24 * 60 * MINUTE)
        expect(now.getTime() - NOW.getTime()).toBeLessThanOrEqual(GIVE_UP_AFTER_MS)
      }),
    )
  })
})
