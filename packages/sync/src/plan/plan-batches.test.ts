import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BATCH_LIMITS, planBatches } from './plan-batches.ts'

const LIMITS = { maxMessages: 3, maxOctets: 100, maxMessageOctets: 1_000 }
const sized = (...sizes: readonly number[]): { sizeOctets: number }[] => sizes.map((sizeOctets) => ({ sizeOctets }))
const shape = (batches: readonly (readonly { sizeOctets: number }[])[]): number[][] =>
  batches.map((batch) => batch.map(({ sizeOctets }) => sizeOctets))

describe('planBatches', () => {
  it.each<[string, number[], number[][]]>([
    ['nothing', [], []],
    ['by number', [1, 1, 1, 1], [[1, 1, 1], [1]]],
    ['by octets', [60, 60, 30], [[60], [60, 30]]],
    ['a large one alone', [10, 500, 10], [[10], [500], [10]]],
    ['one over the limit by its header only', [90, 5_000, 5], [[90, 5_000, 5]]],
    ['exactly full', [50, 50, 1], [[50, 50], [1]]],
  ])('%s', (_what, sizes, expected) => {
    expect(shape(planBatches(sized(...sizes), LIMITS))).toEqual(expected)
  })

  it('makes a small first batch, so that something can be read at once', () => {
    expect(shape(planBatches(sized(1, 1, 1, 1, 1), LIMITS, 1))).toEqual([[1], [1, 1, 1], [1]])
  })

  it('keeps order and completeness, and its bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200)), fc.integer({ min: 1, max: 5 }), (sizes, first) => {
        const messages = sized(...sizes)
        const batches = planBatches(messages, LIMITS, first)
        expect(batches.flat()).toEqual(messages)
        for (const batch of batches) {
          const octets = batch.reduce((sum, { sizeOctets }) => sum + (sizeOctets > LIMITS.maxMessageOctets ? 0 : sizeOctets), 0)
          expect(batch.length).toBeGreaterThan(0)
          expect(batch.length).toBeLessThanOrEqual(LIMITS.maxMessages)
          expect(batch.length === 1 || octets <= LIMITS.maxOctets).toBe(true)
        }
      }),
    )
  })

  it('holds no more of a mailbox in memory than a message may have', () => {
    expect(BATCH_LIMITS.maxOctets).toBeLessThanOrEqual(BATCH_LIMITS.maxMessageOctets)
  })
})
