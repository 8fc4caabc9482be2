import { describe, expect, it } from 'vitest'
import { describeProgress, isProgressOpen, progressFraction } from './progress.ts'

describe('progressFraction', () => {
  it.each([
    [0, 0, null],
    [0, 10, 0],
    [5, 10, 0.5],
    [12, 10, 1],
  ])('%i of %i is %s', (messagesDone, messagesExpected, fraction) => {
    expect(progressFraction({ messagesDone, messagesExpected })).toBe(fraction)
  })
})

describe('describeProgress', () => {
  it.each([
    [0, 0, 'Looking for messages'],
    [0, 1, '0 of 1 message'],
    [1240, 3400, '1,240 of 3,400 messages'],
    [11, 10, '10 of 10 messages'],
  ])('%i of %i is "%s"', (messagesDone, messagesExpected, words) => {
    expect(describeProgress({ messagesDone, messagesExpected }, 'en-GB')).toBe(words)
  })
})

describe('isProgressOpen', () => {
  const behind = { accountId: 'a', messagesDone: 3, messagesExpected: 10, mailboxes: [] }
  it('shows a pass that runs, known or not, and one that was interrupted half-way', () => {
    expect(isProgressOpen({ syncStatus: 'syncing' }, undefined)).toBe(true)
    expect(isProgressOpen({ syncStatus: 'error' }, behind)).toBe(true)
  })
  it('hides what is done, and what never began', () => {
    expect(isProgressOpen({ syncStatus: 'synced' }, { ...behind, messagesDone: 10 })).toBe(false)
    expect(isProgressOpen({ syncStatus: 'error' }, undefined)).toBe(false)
    expect(isProgressOpen({ syncStatus: 'error' }, { ...behind, messagesDone: 0 })).toBe(false)
    expect(isProgressOpen({ syncStatus: 'pending' }, behind)).toBe(false)
  })
})
