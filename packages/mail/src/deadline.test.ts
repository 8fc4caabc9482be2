import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Deadline, DeadlineExceeded, untilAborted } from './deadline.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Deadline', () => {
  test('fires once its time is up', () => {
    using deadline = new Deadline(1000)
    vi.advanceTimersByTime(999)
    expect(deadline.signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(deadline).toMatchObject({ expired: true, abandoned: false })
    expect(deadline.signal.reason).toBeInstanceOf(DeadlineExceeded)
  })

  test('tells the caller who gives up from a time that is up', () => {
    const caller = new AbortController()
    using deadline = new Deadline(1000, caller.signal)
    caller.abort(new Error('enough'))
    expect(deadline).toMatchObject({ expired: false, abandoned: true })
    expect(deadline.signal.reason).toMatchObject({ message: 'enough' })
  })

  test('does not fire after it was disposed of', () => {
    const deadline = new Deadline(1000)
    deadline[Symbol.dispose]()
    vi.advanceTimersByTime(5000)
    expect(deadline.signal.aborted).toBe(false)
  })
})

describe('untilAborted', () => {
  test('gives the value, or the reason', async () => {
    const controller = new AbortController()
    await expect(untilAborted(Promise.resolve(7), controller.signal)).resolves.toBe(7)
    const never = untilAborted(Promise.withResolvers<never>().promise, controller.signal)
    controller.abort(new Error('enough'))
    await expect(never).rejects.toThrow('enough')
    await expect(untilAborted(Promise.resolve(7), controller.signal)).rejects.toThrow('enough')
  })
  test('takes the failure of what was begun too late: one that nobody takes would end the process (faults G17)', async () => {
    const failures: unknown[] = []
    const onUnhandled = (error: unknown): void => void failures.push(error)
    process.on('unhandledRejection', onUnhandled)
    const command = Promise.withResolvers<never>()
    await expect(untilAborted(command.promise, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    command.reject(new Error('The connection is gone.'))
    vi.useRealTimers()
    // Told by the process after the microtasks of a turn.
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    process.off('unhandledRejection', onUnhandled)
    expect(failures).toEqual([])
  })
})
