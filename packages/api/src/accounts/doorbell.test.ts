import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDoorbell } from './doorbell.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('a doorbell', () => {
  it('wakes who waits', async () => {
    const bell = createDoorbell()
    const waiting = bell.wait(60_000)
    bell.ring()
    await waiting
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps one ring for the next who waits', async () => {
    const bell = createDoorbell()
    bell.ring()
    bell.ring()
    await bell.wait(60_000)
    const next = bell.wait(60_000)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(60_000)
    await next
    expect(vi.getTimerCount()).toBe(0)
  })
})
