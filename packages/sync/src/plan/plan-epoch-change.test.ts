import { describe, expect, it } from 'vitest'
import { planEpochChange } from './plan-epoch-change.ts'

const HOUR = 3_600_000
const at = (hours: number): Date => new Date(1_800_000_000_000 + hours * HOUR)

describe('planEpochChange (faults A2)', () => {
  it.each([
    ['the first change is followed', { changes: 0, since: null }, 0, { changes: 1, since: at(0) }, null],
    ['so is the second one of a day', { changes: 1, since: at(0) }, 5, { changes: 2, since: at(0) }, null],
    ['the third one is not, until the day is over', { changes: 2, since: at(0) }, 5, { changes: 3, since: at(0) }, at(24)],
    ['nor is a fourth one', { changes: 3, since: at(0) }, 23, { changes: 4, since: at(0) }, at(24)],
    ['a day later the count begins anew', { changes: 3, since: at(0) }, 24, { changes: 1, since: at(24) }, null],
  ])('%s', (_what, before, hours, history, parkedUntil) => {
    expect(planEpochChange(before, at(hours))).toEqual({ history, parkedUntil })
  })
})
