import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AttemptTooLong, createPatience } from './patience.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function begin() {
  const [stop, lost] = [new AbortController(), new AbortController()]
  return { stop, lost, patience: createPatience({ stop: stop.signal, lost: lost.signal, beforeHandoverMs: 5_000, answerAtStopMs: 1_000 }) }
}

describe('an attempt that is to end', () => {
  it.each(['stop', 'lost'] as const)('ends at once before the hand-over: %s', (why) => {
    const { patience, ...signals } = begin()
    const reason = new Error(why)
    signals[why].abort(reason)
    expect(patience.signal.reason).toBe(reason)
  })

  it('is given a while for its answer after it, when the process stops', () => {
    const { patience, stop } = begin()
    patience.handOver()
    stop.abort()
    vi.advanceTimersByTime(999)
    expect(patience.signal.aborted).toBe(false)
    vi.advanceTimersByTime(1)
    expect(patience.signal.aborted).toBe(true)
  })

  it('goes on after it, when it is somebody else’s: a late answer is better than none', () => {
    const { patience, lost } = begin()
    patience.handOver()
    lost.abort()
    vi.advanceTimersByTime(60_000)
    expect(patience.signal.aborted).toBe(false)
  })

  it('never begins in a process that stops', () => {
    expect(createPatience({ stop: AbortSignal.abort(), lost: new AbortController().signal }).signal.aborted).toBe(true)
  })

  it('takes its time, and no more, before the hand-over; after it as long as it takes', () => {
    const [slow, handed] = [begin().patience, begin().patience]
    handed.handOver()
    vi.advanceTimersByTime(5_000)
    expect(slow.signal.reason).toBeInstanceOf(AttemptTooLong)
    vi.advanceTimersByTime(600_000)
    expect(handed.signal.aborted).toBe(false)
  })

  it('leaves nothing behind', () => {
    const { patience, stop } = begin()
    patience.handOver()
    stop.abort()
    patience[Symbol.dispose]()
    vi.advanceTimersByTime(60_000)
    expect(patience.signal.aborted).toBe(false)
  })
})
