import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runConcurrently } from './run-concurrently.ts'

describe('work done concurrently', () => {
  it('does every item once, and never more at a time than allowed', async () => {
    const done: number[] = []
    const load = { running: 0, peak: 0 }
    await runConcurrently([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      load.running += 1
      load.peak = Math.max(load.peak, load.running)
      await turn()
      load.running -= 1
      done.push(item)
    })
    expect(done.toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(load.peak).toBe(3)
  })

  it('ends with the first failure', async () => {
    const failing = runConcurrently([1, 2], 2, async (item) => {
      if (item === 2) throw new Error('broken')
    })
    await expect(failing).rejects.toThrow('broken')
  })
})
