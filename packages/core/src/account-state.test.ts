import { describe, expect, it } from 'vitest'
import {
  INITIAL_SYNC_STATE,
  nextSyncState,
  TRANSIENT_GRACE_MS,
  type SyncEvent,
  type SyncFailure,
  type SyncFailureClass,
  type SyncState,
} from './account-state.ts'

const NOW = new Date('2026-01-15T10:00:00Z')
const at = (ms: number, random = 0.999_999): { now: Date; random: number } => ({ now: new Date(NOW.getTime() + ms), random })
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const state = (change: Partial<SyncState>): SyncState => ({ ...INITIAL_SYNC_STATE, ...change })
const failed = (failure: Partial<SyncFailure>): SyncEvent => ({
  type: 'failed',
  failure: { class: 'transient', code: 'upstream.unavailable', message: 'Not now.', ...failure },
})
const rejected = failed({ class: 'credential', code: 'imap.authentication_failed', message: 'No.' })

const delayOf = (failureClass: SyncFailureClass, failures: number, random: number, retryAfterMs?: number): number | null => {
  const before = state({ status: 'synced', errorCode: failures === 0 ? null : 'upstream.unavailable', failures })
  const next = nextSyncState(before, failed({ class: failureClass, retryAfterMs }), at(0, random))
  return next.nextAttemptAt === null ? null : next.nextAttemptAt.getTime() - NOW.getTime()
}

describe('the road of an account that works', () => {
  it.each([
    ['pending', 'connected', 'syncing'],
    ['pending', 'stored', 'syncing'],
    ['pending', 'finished', 'synced'],
    ['syncing', 'connected', 'syncing'],
    ['syncing', 'continued', 'syncing'],
    ['syncing', 'finished', 'synced'],
    // A pass that finds nothing new leaves it synced.
    ['synced', 'connected', 'synced'],
    ['synced', 'finished', 'synced'],
    ['synced', 'stored', 'syncing'],
    ['error', 'connected', 'error'],
    ['error', 'stored', 'syncing'],
    ['error', 'finished', 'synced'],
    ['pending', 'waited', 'pending'],
    ['synced', 'waited', 'synced'],
  ] as const)('%s, %s: %s', (status, type, expected) => {
    expect(nextSyncState(state({ status }), { type }, at(0)).status).toBe(expected)
  })
})

describe('a transient failure', () => {
  it.each(['pending', 'syncing', 'synced'] as const)('keeps %s and tells the reason', (status) => {
    const next = nextSyncState(state({ status }), failed({}), at(0))
    expect(next).toMatchObject({ status, errorCode: 'upstream.unavailable', errorMessage: 'Not now.', errorSince: NOW, failures: 1 })
    expect(next.nextAttemptAt?.getTime()).toBe(NOW.getTime() + 30_000)
  })

  it('keeps the start of the run of failures, whatever the codes', () => {
    const first = nextSyncState(state({ status: 'synced' }), failed({}), at(0))
    const second = nextSyncState(first, failed({ code: 'host.timeout' }), at(30_000))
    expect(second).toMatchObject({ errorSince: NOW, failures: 2, errorCode: 'host.timeout', status: 'synced' })
  })

  it('becomes an error after ten minutes, not before', () => {
    const failing = nextSyncState(state({ status: 'synced' }), failed({}), at(0))
    expect(nextSyncState(failing, failed({}), at(TRANSIENT_GRACE_MS - 1)).status).toBe('synced')
    expect(nextSyncState(failing, failed({}), at(TRANSIENT_GRACE_MS)).status).toBe('error')
    expect(nextSyncState(failing, { type: 'waited' }, at(TRANSIENT_GRACE_MS - 1)).status).toBe('synced')
    expect(nextSyncState(failing, { type: 'waited' }, at(TRANSIENT_GRACE_MS)).status).toBe('error')
  })

  it('recovers by itself', () => {
    const failing = nextSyncState(state({ status: 'synced' }), failed({}), at(0))
    const told = nextSyncState(failing, { type: 'waited' }, at(TRANSIENT_GRACE_MS))
    expect(nextSyncState(told, { type: 'finished' }, at(HOUR))).toEqual(state({ status: 'synced' }))
  })

  it('is not forgotten by a mere connection', () => {
    const failing = nextSyncState(state({ status: 'synced' }), failed({}), at(0))
    expect(nextSyncState(failing, { type: 'connected' }, at(30_000))).toEqual(failing)
  })
})

describe('the backoff', () => {
  it.each<[SyncFailureClass, number, number, number]>([
    ['transient', 0, 15_000, 30_000],
    ['transient', 1, 30_000, MINUTE],
    ['transient', 4, 4 * MINUTE, 8 * MINUTE],
    ['transient', 50, 15 * MINUTE, 30 * MINUTE],
    ['throttle', 0, 5 * MINUTE, 10 * MINUTE],
    ['throttle', 50, 3 * HOUR, 6 * HOUR],
    ['mailbox', 0, 15_000, 30_000],
    ['protocol', 0, 30_000, MINUTE],
    ['protocol', 50, 30 * MINUTE, HOUR],
    ['internal', 0, 15_000, 30_000],
    ['permission', 0, 3 * HOUR, 6 * HOUR],
    ['tls', 3, 3 * HOUR, 6 * HOUR],
    ['account', 0, 3 * HOUR, 6 * HOUR],
    ['credentials', 0, 30 * MINUTE, HOUR],
  ])('of %s after %i failures lies between %i and %i ms', (failureClass, failures, least, most) => {
    expect(delayOf(failureClass, failures, 0)).toBe(least)
    expect(delayOf(failureClass, failures, 1)).toBe(most)
  })

  it('honours the wish of the server, but at most a day', () => {
    expect(delayOf('throttle', 0, 0, 92_415_000)).toBe(24 * HOUR)
    expect(delayOf('transient', 0, 0, 92_415)).toBe(92_415)
    expect(delayOf('transient', 0, 1, 10)).toBe(30_000)
  })
})

describe('a rejected login', () => {
  it('is an error at once', () => {
    expect(nextSyncState(state({ status: 'synced' }), rejected, at(0))).toMatchObject({
      status: 'error',
      errorCode: 'imap.authentication_failed',
    })
  })

  it('is tried after one minute, after a quarter of an hour, then not any more (three logins in all)', () => {
    const delays: (number | null)[] = []
    let now = state({ status: 'synced' })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      now = nextSyncState(now, rejected, at(0, attempt / 3))
      delays.push(now.nextAttemptAt === null ? null : now.nextAttemptAt.getTime() - NOW.getTime())
    }
    expect(delays).toEqual([MINUTE, 15 * MINUTE, null])
  })

  it('is counted on through transient failures: they prove nothing', () => {
    const once = nextSyncState(state({ status: 'synced' }), rejected, at(0))
    const cut = nextSyncState(once, failed({}), at(MINUTE))
    expect(cut).toMatchObject({ status: 'error', errorCode: 'imap.authentication_failed', failures: 1 })
    const twice = nextSyncState(cut, rejected, at(2 * MINUTE))
    const thrice = nextSyncState(twice, rejected, at(20 * MINUTE))
    expect(thrice.nextAttemptAt).toBeNull()
  })

  it('starts its own count after transient failures', () => {
    const failing = state({ status: 'synced', errorCode: 'upstream.unavailable', errorSince: NOW, failures: 9 })
    expect(nextSyncState(failing, rejected, at(0))).toMatchObject({ failures: 1, nextAttemptAt: new Date(NOW.getTime() + MINUTE) })
  })

  it('is disproved by a login that succeeds', () => {
    const once = nextSyncState(state({ status: 'synced' }), rejected, at(0))
    expect(nextSyncState(once, { type: 'connected' }, at(MINUTE))).toEqual(state({ status: 'syncing' }))
  })
})

it.each<[SyncFailureClass, boolean]>([
  ['credential', true],
  ['permission', true],
  ['tls', true],
  ['account', true],
  ['credentials', true],
  ['transient', false],
  ['throttle', false],
  ['mailbox', false],
  ['protocol', false],
  ['internal', false],
])('a first failure of class %s is told at once: %s', (failureClass, told) => {
  const next = nextSyncState(state({ status: 'synced' }), failed({ class: failureClass }), at(0))
  expect(next.status).toBe(told ? 'error' : 'synced')
})
