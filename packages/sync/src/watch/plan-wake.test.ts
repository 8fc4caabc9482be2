import { describe, expect, it } from 'vitest'
import { fullWakeBudget, planWake } from './plan-wake.ts'

/** When passes begin if news never stops. */
function passesUnderFlood(count: number): readonly number[] {
  let now = 0
  let budget = fullWakeBudget(now)
  return Array.from({ length: count }, () => {
    const plan = planWake(budget, now)
    now += plan.waitMs
    budget = plan.budget
    return now
  })
}

describe('planWake', () => {
  it('looks at the news of a mailbox at rest without delay', () => {
    expect(planWake(fullWakeBudget(0), 0).waitMs).toBe(0)
  })

  it('lets a few follow at once, then one every two seconds (faults B14)', () => {
    expect(passesUnderFlood(9)).toEqual([0, 0, 0, 0, 0, 2_000, 4_000, 6_000, 8_000])
  })

  it('has forgotten a burst ten seconds later, and saves up no more than that', () => {
    let { budget } = planWake({ tokens: 0, at: 0 }, 100_000)
    for (let pass = 0; pass < 4; pass += 1) {
      const plan = planWake(budget, 100_000)
      expect(plan.waitMs).toBe(0)
      budget = plan.budget
    }
    expect(planWake(budget, 100_000).waitMs).toBe(2_000)
  })

  it('is not confused by a clock that stands still or goes back', () => {
    expect(planWake({ tokens: 1, at: 5_000 }, 0)).toEqual({ waitMs: 0, budget: { tokens: 0, at: 0 } })
  })

  it('looks at mail three seconds after the last one without delay, for ever (target 13)', () => {
    let budget = fullWakeBudget(0)
    for (let now = 0; now < 300_000; now += 3_000) {
      const plan = planWake(budget, now)
      expect(plan.waitMs).toBe(0)
      budget = plan.budget
    }
  })
})
