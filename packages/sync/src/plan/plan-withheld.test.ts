import { describe, expect, it } from 'vitest'
import { listPutOff, planApproach, planWithheld, type Withheld } from './plan-withheld.ts'

const NOW = new Date(1_800_000_000_000)
const LATER = new Date(NOW.getTime() + 6 * 3_600_000)

function fail(times: number, reason: Withheld['reason']): Withheld {
  let state: Withheld | undefined
  for (let count = 0; count < times; count += 1) {
    state = planWithheld(state, reason, NOW)
  }
  return state ?? { reason, failures: 0, nextAttemptAt: null }
}

describe('a message that cannot be had', () => {
  it.each([
    ['refused once: with the next visit', 'refused', 1, 'with_others', null],
    ['refused twice: later', 'refused', 2, 'with_others', LATER],
    ['a broken answer: which of the batch was it?', 'violation', 1, 'alone', null],
    ['a broken answer when it was alone: its header will do', 'violation', 2, 'header', null],
    ['not even that', 'violation', 3, 'nothing', null],
    ['a lost connection proves nothing', 'lost', 2, 'with_others', null],
    ['three of them: alone', 'lost', 3, 'alone', null],
    ['six of them: later', 'lost', 6, 'alone', LATER],
  ] as const)('%s', (_what, reason, failures, approach, nextAttemptAt) => {
    const state = fail(failures, reason)
    expect(state).toEqual({ reason, failures, nextAttemptAt })
    expect(planApproach(state)).toBe(approach)
  })

  it('another reason begins another count', () => {
    expect(planWithheld(fail(5, 'lost'), 'violation', NOW)).toEqual({ reason: 'violation', failures: 1, nextAttemptAt: null })
  })

  it('is put off until its time', () => {
    const withheld = new Map([
      [1, { reason: 'refused', failures: 2, nextAttemptAt: LATER } as const],
      [2, { reason: 'refused', failures: 2, nextAttemptAt: NOW } as const],
      [3, { reason: 'refused', failures: 1, nextAttemptAt: null } as const],
    ])
    expect([...listPutOff(withheld, NOW)]).toEqual([1])
  })
})
