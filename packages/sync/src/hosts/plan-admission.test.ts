import { describe, expect, it } from 'vitest'
import { UNKNOWN_HOST, type HostState } from './host-state.ts'
import { planAdmission, planAllowance, type AdmissionPlan, type AdmissionQuestion } from './plan-admission.ts'

const NOW = 1_000_000
const host = (change: Partial<HostState>): HostState => ({ ...UNKNOWN_HOST, ...change })
const plan = (change: Partial<AdmissionQuestion>): AdmissionPlan =>
  planAdmission({
    state: UNKNOWN_HOST,
    open: { jobs: 0, watches: 0, connecting: 0 },
    window: 8,
    processes: 1,
    purpose: 'job',
    urgent: false,
    now: NOW,
    ...change,
  })

const pausing = host({ failures: 1, notBefore: NOW + 1_500 })
const down = host({ failures: 6, failureCode: 'host.timeout', notBefore: NOW + 60_000 })
const due = host({ failures: 6, notBefore: NOW - 1 })
const limited = host({ limit: 10 })

describe('planAdmission', () => {
  it.each<[string, Partial<AdmissionQuestion>, AdmissionPlan]>([
    ['an unknown host', {}, { do: 'start' }],
    ['a full window', { open: { jobs: 0, watches: 0, connecting: 8 } }, { do: 'wait', ms: null }],
    ['a short pause', { state: pausing }, { do: 'wait', ms: 1_500 }],
    ['a host that is down', { state: down }, { do: 'refuse', because: 'down', retryAfterMs: 60_000 }],
    ['a host that is down, for a person who waits', { state: down, urgent: true }, { do: 'start' }],
    [
      'the same, while one is trying',
      { state: down, urgent: true, window: 1, open: { jobs: 0, watches: 0, connecting: 1 } },
      { do: 'wait', ms: null },
    ],
    ['a host that is down, when it is time', { state: due, window: 1 }, { do: 'probe' }],
    ['a second watch of it', { state: due, purpose: 'sent' }, { do: 'refuse', because: 'full', retryAfterMs: 60_000 }],
    ['a job where there is room', { state: limited, open: { jobs: 1, watches: 8, connecting: 0 } }, { do: 'start' }],
    [
      'a job where there is none',
      { state: limited, open: { jobs: 1, watches: 9, connecting: 0 } },
      { do: 'refuse', because: 'full', retryAfterMs: 60_000 },
    ],
    [
      'a watch that would take the room of jobs',
      { state: limited, purpose: 'inbox', open: { jobs: 0, watches: 9, connecting: 0 } },
      { do: 'refuse', because: 'full', retryAfterMs: 60_000 },
    ],
    [
      'a watch beside two other processes',
      { state: limited, purpose: 'inbox', processes: 3, open: { jobs: 0, watches: 2, connecting: 0 } },
      { do: 'refuse', because: 'full', retryAfterMs: 60_000 },
    ],
    ['a second watch where a limit is known', { state: limited, purpose: 'sent' }, { do: 'refuse', because: 'full', retryAfterMs: 60_000 }],
  ])('%s', (_what, change, expected) => {
    expect(plan(change)).toEqual(expected)
  })
})

describe('planAllowance', () => {
  it.each([
    [Number.POSITIVE_INFINITY, 3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [100, 1, 100, 90],
    [100, 3, 33, 29],
    [10, 1, 10, 9],
    [1, 1, 1, 0],
    // Every process may have a job: what is then too much is refused, and learned.
    [2, 3, 1, 0],
  ])('of %d connections, each of %d processes may have %d, and %d of them watches', (limit, processes, all, watches) => {
    expect(planAllowance(limit, processes)).toEqual({ all, watches })
  })
})
