import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mean, median, pairwiseRatios, percentile, spread } from './statistics.ts'

const samples = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 50 })

describe('percentiles', () => {
  it.each([
    [[3], 3],
    [[1, 3], 2],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('the median of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })

  it('is interpolated, and the ends are the extremes', () => {
    expect(percentile([10, 20, 30, 40, 50], 90)).toBeCloseTo(46)
    expect(percentile([3, 1, 2], 0)).toBe(1)
    expect(percentile([3, 1, 2], 100)).toBe(3)
  })

  it('never leaves the range of the samples, nor changes them', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: -10, max: 110 }), (values, percent) => {
        const before = [...values]
        const found = percentile(values, percent)
        expect(found).toBeGreaterThanOrEqual(Math.min(...values))
        expect(found).toBeLessThanOrEqual(Math.max(...values))
        expect(values).toEqual(before)
      }),
    )
  })

  it('refuses nothing at all', () => {
    expect(() => median([])).toThrow(RangeError)
    expect(() => mean([])).toThrow(RangeError)
  })
})

describe('mean and spread', () => {
  it('are of all samples', () => {
    expect(mean([1, 2, 6])).toBe(3)
    expect(spread([90, 100, 110])).toBeCloseTo(0.1)
    expect(spread([7])).toBe(0)
    expect(spread([0, 0])).toBe(0)
  })
})

describe('pairwise ratios', () => {
  it('compare what was measured in the same round', () => {
    expect(pairwiseRatios([10, 40], [5, 10])).toEqual([2, 4])
  })

  it('refuse sides of different length', () => {
    expect(() => pairwiseRatios([1], [1, 2])).toThrow(RangeError)
  })
})
