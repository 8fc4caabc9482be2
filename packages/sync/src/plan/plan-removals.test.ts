import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planRemovals } from './plan-removals.ts'

describe('planRemovals', () => {
  it.each<[string, readonly number[], readonly number[], boolean, readonly number[]]>([
    ['what a complete list lacks', [1, 2, 3], [1, 3], true, [2]],
    ['everything, of a mailbox that is proved empty', [1, 2], [], true, [1, 2]],
    ['nothing, of an incomplete list', [1, 2, 3], [1], false, []],
    ['nothing, of an empty list that proves nothing (faults A16)', [1, 2, 3], [], false, []],
    ['nothing, when all are listed', [1, 2], [1, 2, 3], true, []],
  ])('removes %s', (_what, stored, uids, complete, expected) => {
    expect(planRemovals(stored, { uids, complete })).toEqual(expected)
  })

  it('never removes what is listed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.array(fc.nat()), fc.boolean(), (stored, uids, complete) => {
        const removed = planRemovals(stored, { uids, complete })
        expect(removed.filter((uid) => uids.includes(uid))).toEqual([])
        expect(complete || removed.length === 0).toBe(true)
      }),
    )
  })
})
