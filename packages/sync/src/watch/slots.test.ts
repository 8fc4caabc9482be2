import { describe, expect, it } from 'vitest'
import { createSlots } from './slots.ts'

const never = new AbortController().signal

function work(): { readonly use: () => Promise<void>; readonly end: () => void; readonly running: () => boolean } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let running = false
  return {
    use: async () => {
      running = true
      await promise
    },
    end: resolve,
    running: () => running,
  }
}

describe('slots', () => {
  it('let so many run at once, and the next in the order they came', async () => {
    const slots = createSlots(1)
    const [first, second, third] = [work(), work(), work()]
    const done = [first, second, third].map(async ({ use }) => slots.hold(never, use))
    expect([first, second, third].map(({ running }) => running())).toEqual([false, false, false])
    await Promise.resolve()
    expect(slots.waiting).toBe(2)
    first.end()
    await done[0]
    second.end()
    await done[1]
    third.end()
    await done[2]
    expect(slots.waiting).toBe(0)
  })

  it('are given back by what fails', async () => {
    const slots = createSlots(1)
    await expect(slots.hold(never, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    await expect(slots.hold(never, async () => 7)).resolves.toBe(7)
  })

  it('are not taken by who gave up waiting', async () => {
    const slots = createSlots(1)
    const first = work()
    const gaveUp = new AbortController()
    const holding = slots.hold(never, first.use)
    const waiting = slots.hold(gaveUp.signal, async () => 7)
    gaveUp.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(slots.waiting).toBe(0)
    first.end()
    await holding
    await expect(slots.hold(gaveUp.signal, async () => 7)).rejects.toThrow('enough')
    await expect(slots.hold(never, async () => 8)).resolves.toBe(8)
  })
})
