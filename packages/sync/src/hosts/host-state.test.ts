import { describe, expect, it } from 'vitest'
import {
  firstWindow,
  isDown,
  isNews,
  isWell,
  jitteredPauseMs,
  nextHostState,
  nextWindow,
  UNKNOWN_HOST,
  type HostEvent,
  type HostState,
} from './host-state.ts'

const MINUTE = 60_000

function after(events: readonly (readonly [at: number, event: HostEvent])[], random = 0.5): HostState {
  return events.reduce<HostState>((state, [now, event]) => nextHostState(state, event, { now, random }), UNKNOWN_HOST)
}

const opened: HostEvent = { type: 'opened' }
const answered: HostEvent = { type: 'answered' }
const failed: HostEvent = { type: 'failed', accountId: 'a', code: 'host.unreachable', early: true }
const unanswered = (accountId: string): HostEvent => ({ type: 'failed', accountId, code: 'upstream.unavailable', early: false })
const refused = (accountId: string, connections = 40, retryAfterMs?: number): HostEvent => ({
  type: 'refused',
  accountId,
  connections,
  retryAfterMs,
})

function failuresInARow(count: number, random = 0.5): HostState {
  return after(
    Array.from({ length: count }, (): readonly [number, HostEvent] => [0, failed]),
    random,
  )
}

function pauseWished(retryAfterMs: number): number {
  return after([
    [0, refused('a')],
    [0, refused('b', 9, retryAfterMs)],
  ]).notBefore
}

describe('a host that fails', () => {
  it('is left alone for pauses that grow to five minutes, half of each for sure', () => {
    expect([1, 2, 3, 4, 9, 60].map((count) => failuresInARow(count, 0).notBefore)).toEqual([1_000, 2_000, 4_000, 8_000, 150_000, 150_000])
    expect([1, 2, 3, 4, 9, 60].map((count) => failuresInARow(count, 1).notBefore)).toEqual([2_000, 4_000, 8_000, 16_000, 300_000, 300_000])
  })

  it('is down after three failures in a row, and tells why', () => {
    expect([1, 2, 3].map((count) => isDown(failuresInARow(count)))).toEqual([false, false, true])
    expect(failuresInARow(3).failureCode).toBe('host.unreachable')
  })

  it('is well again with the first success', () => {
    const state = nextHostState(failuresInARow(9), opened, { now: 0, random: 0 })
    expect(isWell(state)).toBe(true)
    expect(state.failureCode).toBeNull()
  })

  it('is well again when it tells that a password is wrong: somebody is there to tell it', () => {
    const down = failuresInARow(9)
    const state = nextHostState(down, answered, { now: 0, random: 0 })
    expect([isDown(state), isWell(state), state.failureCode]).toEqual([false, true, null])
    expect([isNews(down, answered, 0), isNews(state, answered, 0), isNews(state, failed, 0)]).toEqual([true, false, true])
  })

  it('at the login of one account alone is not down: it may be that account', () => {
    expect(after([0, 1, 2, 3].map((now) => [now, unanswered('a')])).failures).toBe(0)
    expect(after(['a', 'b', 'c', 'd'].map((account, now) => [now, unanswered(account)])).failures).toBe(3)
  })
})

describe('pauses of one connection', () => {
  it('have full jitter', () => {
    expect([1, 2, 3, 4, 9, 10, 60].map((failures) => jitteredPauseMs(failures, 1))).toEqual([
      2_000, 4_000, 8_000, 16_000, 300_000, 300_000, 300_000,
    ])
    expect([0, 0.25].map((random) => jitteredPauseMs(1, random))).toEqual([0, 500])
  })
})

describe('the window of logins under way', () => {
  it('begins at eight, is one after a failure, and doubles with each success to sixteen', () => {
    expect(firstWindow(UNKNOWN_HOST)).toBe(8)
    expect(firstWindow(failuresInARow(1))).toBe(1)
    expect(nextWindow(16, failed)).toBe(1)
    expect([1, 2, 4, 8, 16].map((window) => nextWindow(window, opened))).toEqual([2, 4, 8, 16, 16])
    expect([1, 8].map((window) => nextWindow(window, answered))).toEqual([1, 8])
  })
})

describe('a host that refuses', () => {
  it('one account alone, keeps its limit: the account may be over one of its own', () => {
    const state = after([
      [0, refused('a')],
      [1_000, refused('a')],
    ])
    expect(state).toMatchObject({ limit: Number.POSITIVE_INFINITY, notBefore: 0, failures: 0 })
  })

  it('two accounts within a minute, is believed: half of what is open, and a pause', () => {
    const state = after(
      [
        [0, refused('a')],
        [1_000, refused('b', 40)],
      ],
      1,
    )
    expect(state).toMatchObject({ limit: 20, limitedAt: 1_000, notBefore: 1_000 + 16_000 })
  })

  it('two accounts long after each other, is not', () => {
    const state = after([
      [0, refused('a')],
      [2 * MINUTE, refused('b')],
    ])
    expect(state.limit).toBe(Number.POSITIVE_INFINITY)
  })

  it('again and again, is left with one connection, never with none', () => {
    const events = Array.from({ length: 10 }, (_value, index): readonly [number, HostEvent] => [index, refused(`a${index}`, 9)])
    expect(after(events).limit).toBe(1)
  })

  it('with a wish, is left alone so long, a quarter of an hour at most', () => {
    expect([92_415, Number.MAX_SAFE_INTEGER].map(pauseWished)).toEqual([92_415, 15 * MINUTE])
  })

  it('is given a quarter more every quarter of an hour that goes well, and only then is a success news', () => {
    const limited: readonly (readonly [number, HostEvent])[] = [
      [0, refused('a')],
      [0, refused('b', 16)],
    ]
    expect(after([...limited, [MINUTE, opened]]).limit).toBe(8)
    expect(after([...limited, [15 * MINUTE, opened], [16 * MINUTE, opened]]).limit).toBe(10)
    // What refuses a password holds no connection.
    expect(after([...limited, [15 * MINUTE, answered]])).toMatchObject({ limit: 8, failures: 0 })
    expect(after([...limited, [15 * MINUTE, opened], [30 * MINUTE, opened]]).limit).toBe(13)
    const settled = after([...limited, [MINUTE, opened]])
    expect([2 * MINUTE, 15 * MINUTE].map((now) => isNews(settled, opened, now))).toEqual([false, true])
    expect(isNews(UNKNOWN_HOST, opened, MINUTE)).toBe(false)
  })
})
