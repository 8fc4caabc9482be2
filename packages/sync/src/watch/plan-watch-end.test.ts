import type { SyncFailureClass } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { planWatchEnd, type WatchEndPlan } from './plan-watch-end.ts'

const MINUTE = 60_000

describe('planWatchEnd', () => {
  it.each<SyncFailureClass>(['credential', 'permission', 'tls', 'account', 'credentials'])(
    '%s is the account’s business: recorded at the first time, never tried again by the watcher',
    (failureClass) => {
      expect(planWatchEnd({ class: failureClass, failures: 1 }, 0.5)).toEqual({ do: 'record' })
    },
  )

  it.each<[SyncFailureClass, number, number | undefined, WatchEndPlan]>([
    ['transient', 1, undefined, { do: 'retry', afterMs: 1_000 }],
    ['transient', 5, undefined, { do: 'retry', afterMs: 16_000 }],
    ['transient', 6, undefined, { do: 'poll', forMs: 7.5 * MINUTE }],
    ['internal', 1, undefined, { do: 'retry', afterMs: 1_000 }],
    ['internal', 6, undefined, { do: 'poll', forMs: 7.5 * MINUTE }],
    ['throttle', 1, undefined, { do: 'poll', forMs: 10 * MINUTE }],
    ['throttle', 1, 60 * MINUTE, { do: 'poll', forMs: 60 * MINUTE }],
    ['throttle', 1, Number.MAX_SAFE_INTEGER, { do: 'poll', forMs: 24 * 60 * MINUTE }],
    ['mailbox', 1, undefined, { do: 'poll', forMs: 22.5 * MINUTE }],
    ['protocol', 1, undefined, { do: 'poll', forMs: 22.5 * MINUTE }],
  ])('%s, failure %i, told to stay away for %s ms', (failureClass, failures, retryAfterMs, expected) => {
    expect(planWatchEnd({ class: failureClass, failures, retryAfterMs }, 0.5)).toEqual(expected)
  })
})
