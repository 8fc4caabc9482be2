import { describe, expect, it } from 'vitest'
import { countDrift } from './plan-drift.ts'

describe('countDrift', () => {
  it.each([
    ['everything as it should be', [1, 2, 3], [1, 2, 3], 4, true, 0],
    ['what is new is no drift', [1, 2, 4, 5], [1, 2], 4, true, 0],
    ['what was lost is', [1, 2, 3], [1, 3], 4, true, 1],
    ['what is not there any more is, when the server would have told', [1], [1, 2, 3], 4, true, 2],
    ['and is not, when it does not tell', [1], [1, 2, 3], 4, false, 0],
    ['nothing is expected of a mailbox that was never up to date', [1, 2], [], null, true, 0],
  ])('%s', (_what, listed, known, uidNext, removalsTold, drift) => {
    expect(countDrift({ listed, known: new Set(known), uidNext, removalsTold })).toBe(drift)
  })
})
