import { DEFAULT_PLANS } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { planLimitsOf } from './plan-limits.ts'

const plans = { plans: DEFAULT_PLANS, defaultPlan: 'pro' }

describe('the limits of a session', () => {
  it.each([
    ['free', 1],
    ['max', null],
    [null, null],
    ['unheard-of', null],
    ['__proto__', null],
    ['toString', null],
  ])('%s: %s accounts', (plan, accounts) => expect(planLimitsOf(plans, plan).connectedAccounts).toBe(accounts))

  it('a default that is not configured is a fault, not a licence', () => {
    expect(() => planLimitsOf({ plans: DEFAULT_PLANS, defaultPlan: 'no-such' }, null)).toThrow('not among the configured plans')
  })
})
