import { describe, expect, it } from 'vitest'
import { jitteredPauseMs, nextHostState, UNKNOWN_HOST, type HostEvent, type HostState } from './host-state.ts'

const MINUTE = 60_000

function after(events: readonly (readonly [at: number, event: HostEvent])[], random = 0.5): HostState {
  return events.reduce<HostState>((state, [now, event]) => nextHostState(state, event, { now, random }), UNKNOWN_HOST)
}

const opened: HostEvent = { type: 'opened' }
const failed: HostEvent = { type: 'failed' }
const refused = (accountId: string, connections = 40, retryAfterMs?: number): HostEvent => ({
  type: 'refused',
  accountId,
  connections,
  retryAfterMs,
})

function pauseWished(retryAfterMs: number): number {
  return after([
    [0, refused('a')],
    [0, refused('b', 9, retryAfterMs)],
  ]).notBefore
}

describe('a host that fails', () => {
  it('is tried by one login at a time, after pauses that grow to five minutes', () => {
    const pauses = [1, 2, 3, 4, 9, 10, 60].map((failures) => jitteredPauseMs(failures, 1))
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 300_000, 300_000, 300_000])
    expect(after([[0, failed]])).toMatchObject({ window: 1, failures: 1, notBefore: 1_000 })
  })

  it('is tried at any time within the pause: full jitter', () => {
    expect([0, 0.25, 1].map((random) => after([[0, failed]], random).notBefore)).toEqual([0, 500, 2_000])
  })

  it('is not overrun when it comes back: the window doubles with each success', () => {
    const states = [1, 2, 3, 4, 5, 6].map((count) =>
      after([[0, failed], ...Array.from({ length: count }, (): readonly [number, HostEvent] => [2_000, opened])]),
    )
    expect(states.map(({ window }) => window)).toEqual([2, 4, 8, 16, 16, 16])
    expect(states[0]?.failures).toBe(0)
  })
})

describe('a host that refuses', () => {
  it('one account alone, keeps its limit: the account may be over one of its own', () => {
    const state = after([
      [0, refused('a')],
      [1_000, refused('a')],
    ])
    expect(state).toMatchObject({ limit: Number.POSITIVE_INFINITY, notBefore: 0, window: 1 })
  })

  it('two accounts within a minute, is believed: half of what is open, and a pause', () => {
    const state = after([
      [0, refused('a')],
      [1_000, refused('b', 40)],
    ])
    expect(state).toMatchObject({ limit: 20, limitedAt: 1_000, notBefore: 1_000 + 8_000 })
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

  it('is given a quarter more every quarter of an hour that goes well', () => {
    const limited: readonly (readonly [number, HostEvent])[] = [
      [0, refused('a')],
      [0, refused('b', 16)],
    ]
    expect(after([...limited, [MINUTE, opened]]).limit).toBe(8)
    expect(after([...limited, [15 * MINUTE, opened], [16 * MINUTE, opened]]).limit).toBe(10)
    expect(after([...limited, [15 * MINUTE, opened], [30 * MINUTE, opened]]).limit).toBe(13)
  })
})
