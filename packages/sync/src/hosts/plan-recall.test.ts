import { expect, it } from 'vitest'
import { planRecall } from './plan-recall.ts'

it('spreads the accounts of a host that is back over a time that grows with their number', () => {
  expect(planRecall(1_000, () => 0.999).at(-1)).toBe(49_950)
  expect(planRecall(1, () => 0.999)).toEqual([50])
  expect(planRecall(0, () => 0.5)).toEqual([])
})
