import { INITIAL_SYNC_STATE, nextSyncState, SyncReason, type SyncFailure, type SyncState } from '@maildock/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planAttempt } from './plan-attempt.ts'

const START = Date.parse('2026-01-15T10:00:00Z')
const HOUR = 3_600_000

const rejected: SyncFailure = { class: 'credential', code: 'imap.authentication_failed', message: '' }
/** What a server may do instead of judging the password, which is wrong all the time. */
const otherEnds: readonly SyncFailure[] = [
  { class: 'transient', code: 'host.timeout', message: '' },
  { class: 'transient', code: 'upstream.unavailable', message: '' },
  { class: 'throttle', code: 'upstream.rate_limited', message: '', retryAfterMs: 1_000 },
  { class: 'protocol', code: 'sync.server_error', message: '' },
  { class: 'tls', code: 'tls.certificate_invalid', message: '' },
  { class: 'internal', code: 'internal.error', message: '' },
]

type Asker = SyncReason | 'watch'
const askers: readonly Asker[] = [...SyncReason.options, 'watch']

interface Step {
  readonly afterMs: number
  readonly asker: Asker
  readonly end: SyncFailure
  readonly random: number
}

/** As `run-sync-job.ts` and `open-link.ts` ask, under the lease: a watch signs in only where nothing is wrong. */
function isTried(state: SyncState, asker: Asker, now: Date): boolean {
  return asker === 'watch' ? state.errorCode === null : planAttempt(state, asker, now).now
}

/** When the password was rejected, in milliseconds from the start. */
function rejections(steps: readonly Step[]): readonly number[] {
  const times: number[] = []
  let state: SyncState = { ...INITIAL_SYNC_STATE, status: 'synced' }
  let at = 0
  for (const { afterMs, asker, end, random } of steps) {
    at += afterMs
    const now = new Date(START + at)
    if (isTried(state, asker, now)) {
      state = nextSyncState(state, { type: 'failed', failure: end }, { now, random })
      if (end === rejected) times.push(at)
    }
  }
  return times
}

const pauses = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: HOUR }))
const fractions = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('a wrong password (faults R)', () => {
  it('is tried three times in all, whatever asks and whatever the server does in between, until somebody changes it', () => {
    const step = fc.record({
      afterMs: pauses,
      asker: fc.constantFrom(...askers),
      end: fc.oneof({ weight: 3, arbitrary: fc.constant(rejected) }, fc.constantFrom(...otherEnds)),
      random: fractions,
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), (steps) => {
        expect(rejections(steps).length).toBeLessThanOrEqual(3)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(askers)('is tried at once, after a minute and after a quarter of an hour when %s asks every second for two hours', (asker) => {
    const steps = Array.from({ length: 7_200 }, (): Step => ({ afterMs: 1_000, asker, end: rejected, random: 0.5 }))
    const [first, ...later] = rejections(steps)
    expect(first).toBe(1_000)
    // A watch leaves the other attempts to the queue.
    expect(later).toEqual(asker === 'watch' ? [] : [61_000, 961_000])
  })
})
