import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planShare, type WatchingWorker } from './plan-share.ts'

const workers = (...claimed: readonly (readonly [claimed: number, limit: number])[]): WatchingWorker[] =>
  claimed.map(([count, limit], index) => ({ id: `w${index}`, limit, claimed: count }))

describe('planShare', () => {
  it.each<[string, readonly WatchingWorker[], number, { claim: number; release: number }]>([
    ['alone, takes everything', workers([0, 1000]), 7, { claim: 7, release: 0 }],
    ['alone, takes no more than its limit', workers([0, 5]), 7, { claim: 5, release: 0 }],
    ['of two, takes half', workers([0, 1000], [0, 1000]), 10, { claim: 5, release: 0 }],
    ['of two, takes what an odd number leaves', workers([0, 1000], [0, 1000]), 7, { claim: 4, release: 0 }],
    ['takes no more than there are', workers([0, 1000], [9, 1000]), 1, { claim: 1, release: 0 }],
    ['gives up what is over its share when another one comes', workers([10, 1000], [0, 1000]), 0, { claim: 0, release: 5 }],
    ['keeps the one that cannot be shared', workers([4, 1000], [3, 1000]), 0, { claim: 0, release: 0 }],
    ['gives up what is over a limit that was lowered', workers([10, 3]), 0, { claim: 0, release: 7 }],
    ['fills up for one that is full', workers([5, 1000], [2, 2]), 5, { claim: 5, release: 0 }],
    ['lets go in steps', workers([2_000, 5_000], [0, 5_000]), 0, { claim: 0, release: 500 }],
    ['does nothing while it is not heard', [{ id: 'other', limit: 10, claimed: 0 }], 7, { claim: 0, release: 0 }],
    ['does nothing where there is nothing', workers([0, 10]), 0, { claim: 0, release: 0 }],
  ])('%s', (_what, live, unclaimed, expected) => {
    expect(planShare({ self: 'w0', workers: live, unclaimed })).toEqual(expected)
  })

  it('comes to rest with everything watched that fits, and evenly, in whatever order workers plan', () => {
    const worker = fc.record({ limit: fc.integer({ min: 1, max: 60 }), claimed: fc.integer({ min: 0, max: 60 }) })
    fc.assert(
      fc.property(fc.array(worker, { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 200 }), (given, free) => {
        let live: WatchingWorker[] = given.map((found, index) => ({ id: `w${index}`, ...found }))
        let unclaimed = free
        const total = live.reduce((sum, { claimed }) => sum + claimed, unclaimed)
        for (let turn = 0; turn < live.length * 8; turn += 1) {
          const self = `w${turn % live.length}`
          const { claim, release } = planShare({ self, workers: live, unclaimed })
          unclaimed += release - claim
          live = live.map((found) => (found.id === self ? { ...found, claimed: found.claimed + claim - release } : found))
        }
        const room = live.reduce((sum, { limit }) => sum + limit, 0)
        const level = Math.max(...live.map(({ claimed }) => claimed))
        expect(unclaimed).toBe(Math.max(0, total - room))
        expect(live.every(({ claimed, limit }) => claimed <= limit)).toBe(true)
        // Rounded up: with many workers the last one may be left with what the others did not take.
        expect(live.filter(({ claimed, limit }) => claimed < Math.min(limit, level) - live.length)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
