/** What is known about one mail host, by one process. Times in milliseconds of one clock. */
export interface HostState {
  /** Logins that may be under way at once. Grows with success, so that a host that comes back is not overrun. */
  readonly window: number
  /** Failures in a row. */
  readonly failures: number
  /** No login before this. */
  readonly notBefore: number
  /** Connections held at most. Infinity until the host refused one for their number. */
  readonly limit: number
  readonly limitedAt: number
  /** The account whose refusal was last. One account alone may be over a limit of its own. */
  readonly refusedAccount: string | null
  readonly refusedAt: number
}

/** opened: a login succeeded. failed: the host could not be reached, or hung up. refused: too many connections, or too much of anything. */
export type HostEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'failed' }
  | { readonly type: 'refused'; readonly accountId: string; readonly connections: number; readonly retryAfterMs?: number | undefined }

export interface HostClock {
  readonly now: number
  /** In [0, 1). */
  readonly random: number
}

const FIRST_WINDOW = 8
const LARGEST_WINDOW = 16
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 5 * 60_000
/** Two accounts refused within this: it is the host, not the account. */
const REFUSALS_TOGETHER_MS = 60_000
/** A limit that was learned is tried again, a quarter higher, after this. */
const LIMIT_LASTS_MS = 15 * 60_000

export const UNKNOWN_HOST: HostState = {
  window: FIRST_WINDOW,
  failures: 0,
  notBefore: 0,
  limit: Number.POSITIVE_INFINITY,
  limitedAt: 0,
  refusedAccount: null,
  refusedAt: Number.NEGATIVE_INFINITY,
}

/** Pauses with full jitter (between nothing and the ceiling), so that the accounts of a host that failed do not come back together. */
export function jitteredPauseMs(failures: number, random: number): number {
  return Math.round(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(Math.max(failures, 1), 20)) * random)
}

export function nextHostState(state: HostState, event: HostEvent, { now, random }: HostClock): HostState {
  switch (event.type) {
    case 'opened': {
      const relaxed = now - state.limitedAt >= LIMIT_LASTS_MS
      return {
        ...state,
        window: Math.min(LARGEST_WINDOW, state.window * 2),
        failures: 0,
        limit: relaxed ? Math.ceil(state.limit * 1.25) : state.limit,
        limitedAt: relaxed ? now : state.limitedAt,
      }
    }
    case 'failed': {
      const failures = state.failures + 1
      return { ...state, window: 1, failures, notBefore: Math.max(state.notBefore, now + jitteredPauseMs(failures, random)) }
    }
    case 'refused':
      return whenRefused(state, event, { now, random })
    default:
      return event satisfies never
  }
}

function whenRefused(
  state: HostState,
  { accountId, connections, retryAfterMs = 0 }: Extract<HostEvent, { type: 'refused' }>,
  { now, random }: HostClock,
): HostState {
  const isHost = state.refusedAccount !== null && state.refusedAccount !== accountId && now - state.refusedAt <= REFUSALS_TOGETHER_MS
  const seen = { ...state, window: 1, refusedAccount: accountId, refusedAt: now }
  if (!isHost) {
    return seen
  }
  const failures = state.failures + 1
  return {
    ...seen,
    failures,
    limit: Math.max(1, Math.floor(Math.min(state.limit, connections) / 2)),
    limitedAt: now,
    notBefore: Math.max(state.notBefore, now + Math.max(Math.min(retryAfterMs, LIMIT_LASTS_MS), jitteredPauseMs(failures + 3, random))),
  }
}
