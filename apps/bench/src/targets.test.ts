import { describe, expect, it } from 'vitest'
import { judge, TARGETS } from './targets.ts'

describe('a verdict', () => {
  it.each([
    [0.9, 'goal'],
    [0.8, 'goal'],
    [0.79, 'gate'],
    [0.5, 'gate'],
    [0.49, 'missed'],
    [Number.NaN, 'missed'],
  ])('a ratio of %d to the bare route: %s', (value, verdict) => {
    expect(judge(value, TARGETS.listToBareRoute)).toBe(verdict)
  })

  it.each([
    [3.9, 'goal'],
    [4, 'goal'],
    [10, 'gate'],
    [10.1, 'missed'],
  ])('a second start of %d s: %s', (value, verdict) => {
    expect(judge(value, TARGETS.secondStart)).toBe(verdict)
  })

  it.each(Object.entries(TARGETS))('the goal of %s is not easier than its gate', (_name, target) => {
    expect(judge(target.goal.value, target)).toBe('goal')
    expect(judge(target.gate.value, target)).not.toBe('missed')
  })
})
