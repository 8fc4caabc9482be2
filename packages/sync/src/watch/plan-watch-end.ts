import type { SyncFailureClass } from '@maildock/core'
import { jitteredPauseMs } from '../hosts/host-state.ts'

/**
 * What follows a watch that failed. `record`: it is a failure of the account, told and retried as any other by the job queue. `retry`: connect
 * again. `poll`: leave the account to the sweep for a while.
 */
export type WatchEndPlan =
  | { readonly do: 'record' }
  | { readonly do: 'retry'; readonly afterMs: number }
  | { readonly do: 'poll'; readonly forMs: number }

export interface WatchFailure {
  readonly class: SyncFailureClass
  /** Failures in a row of this watch, this one included. */
  readonly failures: number
  readonly retryAfterMs?: number | undefined
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Connections tried in a row before the account is left to the sweep, which tells its owner when the server is gone for good. */
const MAX_FAILURES = 6

/**
 * Rejected logins are the account's business: counted there, they stay within its three attempts (faults R). What passes by itself is kept
 * from the account's status: the sweep finds out whether it matters (faults D15).
 */
export function planWatchEnd({ class: failureClass, failures, retryAfterMs = 0 }: WatchFailure, random: number): WatchEndPlan {
  switch (failureClass) {
    case 'credential':
    case 'permission':
    case 'tls':
    case 'account':
    case 'credentials':
      return { do: 'record' }
    case 'throttle':
      return { do: 'poll', forMs: Math.max(Math.min(retryAfterMs, 24 * HOUR), Math.round((5 + 10 * random) * MINUTE)) }
    case 'mailbox':
    case 'protocol':
      return { do: 'poll', forMs: Math.round((15 + 15 * random) * MINUTE) }
    case 'transient':
    case 'internal':
      return failures >= MAX_FAILURES
        ? { do: 'poll', forMs: Math.round((5 + 5 * random) * MINUTE) }
        : { do: 'retry', afterMs: jitteredPauseMs(failures, random) }
    default:
      return failureClass satisfies never
  }
}

/** A server that does not idle is asked again after this: it may have learned to. */
export const NO_IDLE_FOR_MS = 6 * HOUR
