import { silentLogger, type LogFields } from '@maildock/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { repeat } from './repeat.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const OPTIONS = { name: 'test', intervalMs: 1_000, logger: silentLogger }

describe('repeat', () => {
  it('begins at once and comes again', async () => {
    let turns = 0
    const periodic = repeat(OPTIONS, async () => (turns += 1))
    await vi.advanceTimersByTimeAsync(0)
    expect(turns).toBe(1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(turns).toBeGreaterThanOrEqual(9)
    await periodic[Symbol.asyncDispose]()
  })

  it('comes again after a failure, and logs its kind alone', async () => {
    let turns = 0
    const logged: LogFields[] = []
    const periodic = repeat({ ...OPTIONS, logger: { ...silentLogger, warn: (fields) => void logged.push(fields) } }, async () => {
      turns += 1
      throw new TypeError('secret')
    })
    await vi.advanceTimersByTimeAsync(2_500)
    expect(turns).toBeGreaterThanOrEqual(2)
    expect(logged[0]).toEqual({ turn: 'test', error: 'TypeError' })
    await periodic[Symbol.asyncDispose]()
  })

  it('is never at it twice', async () => {
    let running = 0
    let most = 0
    const periodic = repeat(OPTIONS, async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      running -= 1
    })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(most).toBe(1)
    const disposed = periodic[Symbol.asyncDispose]()
    await vi.advanceTimersByTimeAsync(10_000)
    await disposed
  })

  it('ends with the turn under way, and does not come again', async () => {
    let turns = 0
    const periodic = repeat(OPTIONS, async () => (turns += 1))
    await periodic[Symbol.asyncDispose]()
    const before = turns
    await vi.advanceTimersByTimeAsync(60_000)
    expect(turns).toBe(before)
  })
})
