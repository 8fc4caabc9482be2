import type { ErrorCode } from '@maildock/core'

/** What is known about one mail host, by all processes together. Times in milliseconds of one clock. */
export interface HostState {
  /** Attempts in a row that failed, whoever made them. */
  readonly failures: number
  /** Of the last one. Null: none. */
  readonly failureCode: ErrorCode | null
  /** No attempt before this. */
  readonly notBefore: number
  /** Connections held at most, by all processes. Infinity until the host refused one for their number. */
  readonly limit: number
  readonly limitedAt: number
  /** The account that was turned away last. One account alone may be over a limit of its own. */
  readonly suspect: string | null
  readonly suspectedAt: number
}

/**
 * opened: a login succeeded. answered: it was refused for a reason of the account's, such as a password that is wrong: so the host is up. failed: the
 * host could not be reached, hung up, or could not say whether the password is right. refused: too many connections, or too much of anything.
 */
export type HostEvent =
  | { readonly type: 'opened' | 'answered' }
  | {
      readonly type: 'failed'
      readonly accountId: string
      readonly code: ErrorCode
      /** Before anything was said about the account: the host's own failure for sure. */
      readonly early: boolean
    }
  | {
      readonly type: 'refused'
      readonly accountId: string
      /** Open to this host, of all processes. */
      readonly connections: number
      readonly retryAfterMs?: number | undefined
    }

export interface HostClock {
  readonly now: number
  /** In [0, 1). */
  readonly random: number
}

/** So many failures in a row, and the host is down: one attempt at a time is made for all its accounts, whatever the process. */
const DOWN_AFTER = 3
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 5 * 60_000
/** Two accounts turned away within this: it is the host, not the account. */
const TOGETHER_MS = 60_000
/** A limit that was learned is tried again, a quarter higher, after this. */
const LIMIT_LASTS_MS = 15 * 60_000

const FIRST_WINDOW = 8
const LARGEST_WINDOW = 16

export const UNKNOWN_HOST: HostState = {
  failures: 0,
  failureCode: null,
  notBefore: 0,
  limit: Number.POSITIVE_INFINITY,
  limitedAt: 0,
  suspect: null,
  suspectedAt: Number.NEGATIVE_INFINITY,
}

/** Nothing that the next attempt would have to know. */
export function isWell({ failures, limit }: HostState): boolean {
  return failures === 0 && limit === Number.POSITIVE_INFINITY
}

export function isDown({ failures }: HostState): boolean {
  return failures >= DOWN_AFTER
}

/** Whether an event changes what is known. A success seldom does; a failure always. */
export function isNews(state: HostState, { type }: HostEvent, now: number): boolean {
  switch (type) {
    case 'opened':
      return state.failures > 0 || (state.limit !== Number.POSITIVE_INFINITY && now - state.limitedAt >= LIMIT_LASTS_MS)
    case 'answered':
      return state.failures > 0
    case 'failed':
    case 'refused':
      return true
    default:
      return type satisfies never
  }
}

/** Nothing but bad news of a host is kept. */
export function isGoodNews({ type }: HostEvent): boolean {
  return type === 'opened' || type === 'answered'
}

/** Pauses with full jitter (between nothing and the ceiling), so that what failed together does not come back together. */
export function jitteredPauseMs(failures: number, random: number): number {
  return Math.round(pauseMs(failures) * random)
}

function pauseMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(Math.max(failures, 1), 20))
}

/** Pure. One state for all accounts and processes: half the pause is certain, so that the attempts of an hour are few. */
export function nextHostState(state: HostState, event: HostEvent, clock: HostClock): HostState {
  switch (event.type) {
    case 'opened':
      return whenOpened(state, clock)
    case 'answered':
      return whenAnswered(state)
    case 'failed':
      return whenFailed(state, event, clock)
    case 'refused':
      return whenRefused(state, event, clock)
    default:
      return event satisfies never
  }
}

function whenOpened(state: HostState, { now }: HostClock): HostState {
  const relaxed = now - state.limitedAt >= LIMIT_LASTS_MS
  return {
    ...whenAnswered(state),
    limit: relaxed ? Math.ceil(state.limit * 1.25) : state.limit,
    limitedAt: relaxed ? now : state.limitedAt,
  }
}

/** How many connections it bears it did not say. */
function whenAnswered(state: HostState): HostState {
  return { ...state, failures: 0, failureCode: null }
}

function whenFailed(state: HostState, event: Extract<HostEvent, { type: 'failed' }>, { now, random }: HostClock): HostState {
  const suspected = { ...state, suspect: event.accountId, suspectedAt: now }
  if (!event.early && !isConfirmed(state, event.accountId, now)) {
    return suspected
  }
  const failures = state.failures + 1
  const pause = Math.round(pauseMs(failures) * (0.5 + random / 2))
  return { ...suspected, failures, failureCode: event.code, notBefore: Math.max(state.notBefore, now + pause) }
}

function whenRefused(
  state: HostState,
  { accountId, connections, retryAfterMs = 0 }: Extract<HostEvent, { type: 'refused' }>,
  { now, random }: HostClock,
): HostState {
  const suspected = { ...state, suspect: accountId, suspectedAt: now }
  if (!isConfirmed(state, accountId, now)) {
    return suspected
  }
  const failures = state.failures + 1
  const pause = Math.max(Math.min(retryAfterMs, LIMIT_LASTS_MS), Math.round(pauseMs(failures + 3) * (0.5 + random / 2)))
  return {
    ...suspected,
    failures,
    failureCode: 'upstream.rate_limited',
    limit: Math.max(1, Math.floor(Math.min(state.limit, connections) / 2)),
    limitedAt: now,
    notBefore: Math.max(state.notBefore, now + pause),
  }
}

/** Another account was turned away just before. */
function isConfirmed({ suspect, suspectedAt }: HostState, accountId: string, now: number): boolean {
  return suspect !== null && suspect !== accountId && now - suspectedAt <= TOGETHER_MS
}

/**
 * Logins that one process may have under way at once: doubles with success, so that a host that comes back is not overrun. A login that was refused
 * for the account's sake says nothing about the next ones.
 */
export function nextWindow(window: number, { type }: HostEvent): number {
  switch (type) {
    case 'opened':
      return Math.min(LARGEST_WINDOW, window * 2)
    case 'answered':
      return window
    case 'failed':
    case 'refused':
      return 1
    default:
      return type satisfies never
  }
}

/** Of a host nothing bad is known about. */
export function firstWindow(state: HostState): number {
  return state.failures === 0 ? FIRST_WINDOW : 1
}
