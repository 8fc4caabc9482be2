import { describe, expect, it, vi } from 'vitest'
import { createChangeQueue } from './change-queue.ts'

const userId = 'u'
const nothing = { accounts: new Set(), progress: new Set(), messages: new Set(), session: false, resync: false }

describe('the queue of a live stream', () => {
  it('keeps each account once, by what changed', () => {
    const onChange = vi.fn<() => void>()
    const queue = createChangeQueue(onChange)
    for (let index = 0; index < 100; index += 1) queue.add({ kind: 'account', userId, accountId: 'a' })
    queue.add({ kind: 'progress', userId, accountId: 'a' })
    queue.add({ kind: 'messages', userId, accountId: 'b' })
    expect(onChange).toHaveBeenCalledTimes(102)
    expect(queue.pending).toBe(true)
    expect(queue.take()).toEqual({ ...nothing, accounts: new Set(['a']), progress: new Set(['a']), messages: new Set(['b']) })
    expect(queue.pending).toBe(false)
    expect(queue.take()).toEqual(nothing)
  })

  it.each([
    ['session', { kind: 'session', userId }],
    ['resync', { kind: 'resync' }],
  ] as const)('remembers %s', (flag, signal) => {
    const queue = createChangeQueue(() => undefined)
    queue.add(signal)
    expect(queue.pending).toBe(true)
    expect(queue.take()).toEqual({ ...nothing, [flag]: true })
  })

  it('passes by a notice that names no account', () => {
    const queue = createChangeQueue(() => undefined)
    queue.add({ kind: 'account', userId })
    expect(queue.pending).toBe(false)
  })
})
