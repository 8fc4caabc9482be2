import { isDown, type HostState } from './host-state.ts'

/** What a connection is for. `sent`: a second watch, which is nice to have. */
export type Purpose = 'job' | 'inbox' | 'sent'

export interface AdmissionQuestion {
  readonly state: HostState
  /** Of this process, at this host. */
  readonly open: { readonly jobs: number; readonly watches: number; readonly connecting: number }
  /** Logins of this process that may be under way at once. */
  readonly window: number
  /** Live processes, which share what the host allows. */
  readonly processes: number
  readonly purpose: Purpose
  /** A person waits for it: pauses are not for it. */
  readonly urgent: boolean
  readonly now: number
}

/**
 * start: connect. probe: connect, if no other process does so; the host is down. wait: for a login that is under way, or for a short pause.
 * refuse: `down`, it is not tried before `retryAfterMs`; `full`, it has as many connections as it allows.
 */
export type AdmissionPlan =
  | { readonly do: 'start' | 'probe' }
  | { readonly do: 'wait'; readonly ms: number | null }
  | { readonly do: 'refuse'; readonly because: 'down' | 'full'; readonly retryAfterMs: number }

/** A pause up to this is waited for; a longer one is for others to use the time. */
const PATIENCE_MS = 2_000
const FULL_AGAIN_MS = 60_000

/**
 * Connections of this process to a host of which all processes together may hold so many. A part is kept for jobs, which come and go: watches
 * that held everything would keep every account from being synchronised.
 */
export function planAllowance(limit: number, processes: number): { readonly all: number; readonly watches: number } {
  if (limit === Number.POSITIVE_INFINITY) {
    return { all: limit, watches: limit }
  }
  const all = Math.max(1, Math.floor(limit / Math.max(1, processes)))
  return { all, watches: all - Math.max(1, Math.ceil(all / 10)) }
}

/** Whether a connection may be opened now. Pure. */
export function planAdmission(question: AdmissionQuestion): AdmissionPlan {
  const { state, open, window, purpose, urgent, now } = question
  const waitMs = state.notBefore - now
  if (waitMs > PATIENCE_MS && !urgent) {
    return { do: 'refuse', because: 'down', retryAfterMs: waitMs }
  }
  if (isFull(question)) {
    return { do: 'refuse', because: 'full', retryAfterMs: FULL_AGAIN_MS }
  }
  if (open.connecting >= window) {
    return { do: 'wait', ms: null }
  }
  if (urgent) {
    return { do: 'start' }
  }
  if (waitMs > 0) {
    return { do: 'wait', ms: waitMs }
  }
  return purpose !== 'sent' && isDown(state) ? { do: 'probe' } : { do: 'start' }
}

function isFull({ state, open, processes, purpose }: AdmissionQuestion): boolean {
  const { jobs, watches, connecting } = open
  const allowed = planAllowance(state.limit, processes)
  switch (purpose) {
    case 'job':
      return jobs + watches + connecting >= allowed.all
    case 'inbox':
      return watches + connecting >= allowed.watches
    case 'sent':
      return state.limit !== Number.POSITIVE_INFINITY || isDown(state)
    default:
      return purpose satisfies never
  }
}
