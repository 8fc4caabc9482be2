import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PoolClosed, SubmissionPool, type PooledConnection, type SubmissionPoolOptions } from './submission-pool.ts'
import { TooManyWaiting } from './turnstile.ts'

class FakeConnection implements PooledConnection {
  usable = true
  ended: 'closed' | 'destroyed' | null = null
  readonly key: string
  constructor(key: string) {
    this.key = key
  }
  destroy(): void {
    this.usable = false
    this.ended ??= 'destroyed'
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.usable = false
    this.ended ??= 'closed'
  }
}

function createStand(options: Partial<SubmissionPoolOptions<FakeConnection>> = {}) {
  const opened: FakeConnection[] = []
  const pool = new SubmissionPool<FakeConnection>({
    open: async (key) => {
      const connection = new FakeConnection(key)
      opened.push(connection)
      return connection
    },
    ...options,
  })
  return { opened, pool }
}

async function itself(connection: FakeConnection): Promise<FakeConnection> {
  return connection
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a connection', () => {
  test('is used again by its key, and by no other', async () => {
    const { opened, pool } = createStand()
    const first = await pool.withConnection('a', itself)
    expect(await pool.withConnection('a', itself)).toBe(first)
    expect((await pool.withConnection('b', itself)).key).toBe('b')
    expect(opened).toHaveLength(2)
    expect(pool.restingCount).toBe(2)
  })

  test('is closed when nobody has used it for a while', async () => {
    const { opened, pool } = createStand({ idleMs: 1000 })
    await pool.withConnection('a', itself)
    await vi.advanceTimersByTimeAsync(900)
    await pool.withConnection('a', itself)
    await vi.advanceTimersByTimeAsync(999)
    expect(opened[0]?.ended).toBeNull()
    await vi.advanceTimersByTimeAsync(1)
    expect(opened[0]?.ended).toBe('closed')
    expect(pool.restingCount).toBe(0)
  })

  test('is closed after so many uses', async () => {
    const { opened, pool } = createStand({ maxUses: 2 })
    for (let count = 0; count < 3; count += 1) await pool.withConnection('a', itself)
    expect(opened.map(({ ended }) => ended)).toEqual(['closed', null])
  })

  test('that broke in use, or while it rested, is not used again', async () => {
    const { opened, pool } = createStand()
    await pool.withConnection('a', async (connection) => {
      connection.usable = false
    })
    const second = await pool.withConnection('a', itself)
    second.usable = false
    await pool.withConnection('a', itself)
    expect(opened.map(({ ended }) => ended)).toEqual(['destroyed', 'destroyed', null])
  })

  test('whose use threw is in doubt, and destroyed', async () => {
    const { opened, pool } = createStand()
    const reason = new Error('no')
    await expect(pool.withConnection('a', () => Promise.reject(reason))).rejects.toBe(reason)
    expect(opened.map(({ ended }) => ended)).toEqual(['destroyed'])
  })

  test('that cannot be opened takes no place', async () => {
    const reason = new Error('wrong password')
    const { pool } = createStand({ open: () => Promise.reject(reason), maxPerKey: () => 1 })
    await expect(pool.withConnection('a', itself)).rejects.toBe(reason)
    await expect(pool.withConnection('a', itself)).rejects.toBe(reason)
  })

  test('of a forgotten key is closed, at rest and after use', async () => {
    const { opened, pool } = createStand()
    const gate = Promise.withResolvers<void>()
    await pool.withConnection('a', itself)
    const inUse = Promise.all([pool.withConnection('a', () => gate.promise), pool.withConnection('a', () => gate.promise)])
    await vi.advanceTimersByTimeAsync(0)
    await pool.forget('a')
    await pool.withConnection('a', itself)
    gate.resolve()
    await inUse
    expect(opened.map(({ ended }) => ended)).toEqual(['closed', 'closed', null])
    await pool.forget('a')
    await pool.forget('nobody')
    expect(opened[2]?.ended).toBe('closed')
  })
})

describe('those who ask', () => {
  test('are let in two at a time, in their order', async () => {
    const { opened, pool } = createStand()
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>())
    const order: number[] = []
    const all = gates.map((gate, index) =>
      pool.withConnection('a', () => {
        order.push(index)
        return gate.promise
      }),
    )
    await vi.advanceTimersByTimeAsync(0)
    expect(order).toEqual([0, 1])
    gates[1]?.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(order).toEqual([0, 1, 2])
    for (const gate of gates) gate.resolve()
    await Promise.all(all)
    expect(order).toEqual([0, 1, 2, 3])
    expect(opened).toHaveLength(2)
  })

  test('may give up while they wait, and while it is opened', async () => {
    const gate = Promise.withResolvers<void>()
    const { opened, pool } = createStand({ maxPerKey: () => 1 })
    const inUse = pool.withConnection('a', () => gate.promise)
    const giveUp = new AbortController()
    const waiting = pool.withConnection('a', itself, giveUp.signal)
    const next = pool.withConnection('a', itself)
    giveUp.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    gate.resolve()
    await Promise.all([inUse, next])
    expect(opened).toHaveLength(1)
    await expect(pool.withConnection('a', itself, giveUp.signal)).rejects.toThrow('enough')
  })

  test('are turned away when too many wait', async () => {
    const gate = Promise.withResolvers<void>()
    const { pool } = createStand({ maxPerKey: () => 1, maxWaiting: 1 })
    const all = [pool.withConnection('a', () => gate.promise), pool.withConnection('a', itself)]
    await expect(pool.withConnection('a', itself)).rejects.toThrow(TooManyWaiting)
    gate.resolve()
    await Promise.all(all)
  })
})

test('closing turns away who waits, closes what rests, and waits for what is in use', async () => {
  const gate = Promise.withResolvers<void>()
  const { opened, pool } = createStand({ maxPerKey: () => 1 })
  await pool.withConnection('b', itself)
  const inUse = pool.withConnection('a', () => gate.promise)
  const waiting = pool.withConnection('a', itself).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(0)
  let isClosed = false
  const closing = pool[Symbol.asyncDispose]().then(() => (isClosed = true))
  expect(await waiting).toBeInstanceOf(PoolClosed)
  await expect(pool.withConnection('c', itself)).rejects.toThrow(PoolClosed)
  await vi.advanceTimersByTimeAsync(0)
  expect(isClosed).toBe(false)
  gate.resolve()
  await Promise.all([inUse, closing])
  expect(opened.map(({ key, ended }) => [key, ended])).toEqual([
    ['b', 'closed'],
    ['a', 'closed'],
  ])
})
