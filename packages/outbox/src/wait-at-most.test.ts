import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { waitAtMost } from './wait-at-most.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('waitAtMost', () => {
  it('gives what comes in time, and leaves no timer behind', async () => {
    expect(await waitAtMost(Promise.resolve('answer'), 1_000)).toBe('answer')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives null when the time is up', async () => {
    const waiting = waitAtMost(new Promise<string>(() => undefined), 1_000)
    await vi.advanceTimersByTimeAsync(999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await waiting).toBeNull()
  })

  it('fails as the promise fails', async () => {
    await expect(waitAtMost(Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no')
    expect(vi.getTimerCount()).toBe(0)
  })
})
