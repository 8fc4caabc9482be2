import type { SyncStatus } from './account.ts'
import type { ErrorCode } from './error-catalogue.ts'

/** A transient failure is kept quiet for so long; then the status tells it (contract: "becomes error after 10 minutes"). */
export const TRANSIENT_GRACE_MS = 10 * 60_000

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What a failed pass means for the next attempt. As of mail faults, and two of our own: `credentials` (the stored secret cannot be
 * opened: no login was tried) and `internal` (a fault of ours).
 */
export type SyncFailureClass =
  | 'credential'
  | 'permission'
  | 'tls'
  | 'account'
  | 'transient'
  | 'throttle'
  | 'mailbox'
  | 'protocol'
  | 'credentials'
  | 'internal'

export interface SyncFailure {
  readonly class: SyncFailureClass
  readonly code: ErrorCode
  /** Public sentence. */
  readonly message: string
  /** The server's own wish. */
  readonly retryAfterMs?: number | undefined
}

/** The part of an account a pass may change. Times are `Date`s; null where there is nothing to tell. */
export interface SyncState {
  readonly status: SyncStatus
  readonly errorCode: ErrorCode | null
  readonly errorMessage: string | null
  /** Start of the present run of failures. */
  readonly errorSince: Date | null
  /** Failures in a row, of the kind that `errorCode` tells. */
  readonly failures: number
  /** When a pass is tried again after a failure. Null with status `error`: not before the account is changed. */
  readonly nextAttemptAt: Date | null
}

/**
 * What happened to an account.
 * connected: the login succeeded. stored: something new is being stored. continued: a slice ended well, there is more to do.
 * finished: everything is up to date. waited: time passed. failed: a pass ended badly.
 */
export type SyncEvent =
  | { readonly type: 'connected' | 'stored' | 'continued' | 'finished' | 'waited' }
  | { readonly type: 'failed'; readonly failure: SyncFailure }

export interface SyncClock {
  readonly now: Date
  /** In [0, 1): spreads attempts, so that the accounts of a failed host do not come back at once. */
  readonly random: number
}

/** The state of an account that was just connected, revived, or given new servers or credentials. */
export const INITIAL_SYNC_STATE: SyncState = {
  status: 'pending',
  errorCode: null,
  errorMessage: null,
  errorSince: null,
  failures: 0,
  nextAttemptAt: null,
}

const NO_ERROR = { errorCode: null, errorMessage: null, errorSince: null, failures: 0, nextAttemptAt: null } as const

/** Codes that a successful login disproves. While one of them stands, a transient failure does not replace it. */
const LOGIN_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'imap.authentication_failed',
  'imap.app_password_required',
  'imap.disabled',
  'tls.certificate_invalid',
  'tls.unsupported',
  'credentials.unreadable',
])

/** At most three logins with a rejected password: now, after a minute, after a quarter of an hour; then a person must act. */
const CREDENTIAL_DELAYS_MS: readonly number[] = [MINUTE, 15 * MINUTE]

/**
 * The next state of an account. Pure and total: every status and event has an answer (contract.md, "sync_status"; faults 2.3).
 * A rejected login is an error at once; what is transient keeps the status for ten minutes; both are retried, the first at most
 * three times. Success of any kind ends the run of failures; a mere connection only disproves a failed login.
 */
export function nextSyncState(state: SyncState, event: SyncEvent, clock: SyncClock): SyncState {
  switch (event.type) {
    case 'connected':
      return whenConnected(state)
    case 'stored':
    case 'continued':
      return { status: 'syncing', ...NO_ERROR }
    case 'finished':
      return { status: 'synced', ...NO_ERROR }
    case 'waited':
      return { ...state, status: isGraceOver(state, clock.now) ? 'error' : state.status }
    case 'failed':
      return whenFailed(state, event.failure, clock)
    default:
      return event satisfies never
  }
}

function whenConnected(state: SyncState): SyncState {
  const disproved = state.errorCode !== null && LOGIN_CODES.has(state.errorCode)
  if (state.status === 'pending' || (state.status === 'error' && disproved)) {
    return disproved ? { status: 'syncing', ...NO_ERROR } : { ...state, status: 'syncing' }
  }
  return disproved ? { ...state, ...NO_ERROR } : state
}

function whenFailed(state: SyncState, failure: SyncFailure, clock: SyncClock): SyncState {
  const keepsLoginError = state.errorCode !== null && LOGIN_CODES.has(state.errorCode) && !LOGIN_CODES.has(failure.code)
  if (keepsLoginError) {
    // Nothing proved the rejection wrong. Replacing it would also restart the count of rejected logins.
    return { ...state, nextAttemptAt: addMs(clock.now, backoffMs('transient', state.failures, clock.random)) }
  }
  const failures = isSameKind(state.errorCode, failure.code) ? state.failures + 1 : 1
  const delay = delayMs(failure, failures, clock.random)
  const next: SyncState = {
    status: state.status,
    errorCode: failure.code,
    errorMessage: failure.message,
    errorSince: state.errorSince ?? clock.now,
    failures,
    nextAttemptAt: delay === null ? null : addMs(clock.now, delay),
  }
  return { ...next, status: isDefinite(failure.class) || isGraceOver(next, clock.now) ? 'error' : next.status }
}

function isSameKind(before: ErrorCode | null, now: ErrorCode): boolean {
  return before !== null && LOGIN_CODES.has(before) === LOGIN_CODES.has(now)
}

/** Only a person can mend it: told at once. */
function isDefinite(failureClass: SyncFailureClass): boolean {
  switch (failureClass) {
    case 'credential':
    case 'permission':
    case 'tls':
    case 'account':
    case 'credentials':
      return true
    case 'transient':
    case 'throttle':
    case 'mailbox':
    case 'protocol':
    case 'internal':
      return false
    default:
      return failureClass satisfies never
  }
}

function isGraceOver(state: SyncState, now: Date): boolean {
  return state.errorSince !== null && now.getTime() - state.errorSince.getTime() >= TRANSIENT_GRACE_MS
}

/** Milliseconds until the next attempt, or null: not before the account is changed. */
function delayMs(failure: SyncFailure, failures: number, random: number): number | null {
  if (failure.class === 'credential') {
    return CREDENTIAL_DELAYS_MS[failures - 1] ?? null
  }
  const own = backoffMs(failure.class, failures, random)
  // A hint of a server is believed up to a day: it is text from outside.
  return failure.retryAfterMs === undefined ? own : Math.max(own, Math.min(failure.retryAfterMs, 24 * HOUR))
}

/** Delays by class, each rising from its first to its longest, the upper half of it by chance. */
function backoffMs(failureClass: Exclude<SyncFailureClass, 'credential'>, failures: number, random: number): number {
  const [first, longest] = BACKOFF_MS[failureClass]
  const ceiling = Math.min(longest, first * 2 ** Math.min(Math.max(failures - 1, 0), 20))
  return Math.round(ceiling * (0.5 + random / 2))
}

const BACKOFF_MS: Readonly<Record<Exclude<SyncFailureClass, 'credential'>, readonly [first: number, longest: number]>> = {
  transient: [30_000, 30 * MINUTE],
  throttle: [10 * MINUTE, 6 * HOUR],
  mailbox: [30_000, 30 * MINUTE],
  protocol: [MINUTE, HOUR],
  internal: [30_000, 30 * MINUTE],
  permission: [6 * HOUR, 6 * HOUR],
  tls: [6 * HOUR, 6 * HOUR],
  account: [6 * HOUR, 6 * HOUR],
  credentials: [HOUR, 6 * HOUR],
}

function addMs(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms)
}
