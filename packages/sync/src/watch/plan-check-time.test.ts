import { expect, it } from 'vitest'
import { planCheckAfter } from './plan-check-time.ts'

it.each([
  [0, 0, 270_000],
  [0, 1, 216_000],
  [200_000, 0.5, 43_000],
  // Long overdue: at once. The accounts of a process that starts were looked at at different times.
  [900_000, 0.5, 0],
])('%d ms after a pass a watch checks in the time that is left of its spread (random %d: %d ms)', (sincePassMs, random, expected) => {
  expect(Math.round(planCheckAfter(sincePassMs, random))).toBe(expected)
})
