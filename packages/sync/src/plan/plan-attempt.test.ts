import { INITIAL_SYNC_STATE, type SyncReason, type SyncState } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { planAttempt } from './plan-attempt.ts'

const NOW = new Date('2026-01-15T10:00:00Z')
const LATER = new Date('2026-01-15T10:05:00Z')
const EARLIER = new Date('2026-01-15T09:55:00Z')
const REASONS: readonly SyncReason[] = ['connect', 'manual', 'sweep', 'changed', 'retry', 'continue']
const state = (change: Partial<SyncState>): SyncState => ({ ...INITIAL_SYNC_STATE, ...change })

const transient = state({ status: 'synced', errorCode: 'host.timeout', nextAttemptAt: LATER })
const rejected = state({ status: 'error', errorCode: 'imap.authentication_failed', nextAttemptAt: LATER })
const stopped = state({ status: 'error', errorCode: 'imap.authentication_failed', nextAttemptAt: null })

describe('planAttempt', () => {
  it.each(REASONS)('%s: begins when nothing is wrong', (reason) => {
    expect(planAttempt(state({ status: 'synced' }), reason, NOW)).toEqual({ now: true })
  })

  it.each(REASONS)('%s: begins when the time has come', (reason) => {
    expect(planAttempt({ ...transient, nextAttemptAt: EARLIER }, reason, NOW)).toEqual({ now: true })
    expect(planAttempt({ ...rejected, nextAttemptAt: NOW }, reason, NOW)).toEqual({ now: true })
  })

  it.each(REASONS)('%s: waits for a transient failure, unless a person asks', (reason) => {
    expect(planAttempt(transient, reason, NOW)).toEqual(reason === 'manual' ? { now: true } : { now: false, at: LATER })
  })

  it.each(REASONS)('%s: waits after a rejected login, whoever asks', (reason) => {
    expect(planAttempt(rejected, reason, NOW)).toEqual({ now: false, at: LATER })
  })

  it.each(REASONS)('%s: does not begin before the account is changed', (reason) => {
    expect(planAttempt(stopped, reason, NOW)).toEqual({ now: false, at: null })
  })
})
