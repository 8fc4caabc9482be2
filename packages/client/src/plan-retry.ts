import type { MaildockError } from './maildock-error.ts'

/** Statuses that say "not now": the same question may well be answered a moment later. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504])

const FIRST_BACKOFF_MS = 250
const MAX_BACKOFF_MS = 4_000
/** Who is asked to wait longer than this is told so instead of being kept waiting. */
const MAX_RETRY_AFTER_MS = 10_000

/** What is known when an attempt has failed. */
export interface FailedAttempt {
  /** It may be asked again: it changes nothing, or does so once however often it is asked (an idempotency key). */
  readonly repeatable: boolean
  /** 1 for the first. */
  readonly attempt: number
  /** How many attempts may follow the first. */
  readonly retries: number
  readonly error: MaildockError
  /** 0 ≤ random < 1. */
  readonly random: number
}

/**
 * How long to wait before the next attempt, in milliseconds; null when there is none. Only what is repeatable is repeated. Any other change is never sent
 * twice, not even where the first answer was 429 or 503: it is the caller who knows whether it is still wanted.
 */
export function planRetry({ repeatable, attempt, retries, error, random }: FailedAttempt): number | null {
  if (!repeatable || attempt > retries || !isPassing(error)) {
    return null
  }
  const backoffMs = random * Math.min(FIRST_BACKOFF_MS * 2 ** attempt, MAX_BACKOFF_MS)
  if (error.retryAfterSeconds === undefined) {
    return backoffMs
  }
  const askedMs = error.retryAfterSeconds * 1000
  return askedMs > MAX_RETRY_AFTER_MS ? null : askedMs + backoffMs / 4
}

function isPassing(error: MaildockError): boolean {
  return (
    error.code === 'client.network' ||
    error.code === 'idempotency.in_progress' ||
    (error.httpStatus !== undefined && PASSING_STATUSES.has(error.httpStatus))
  )
}

const FIRST_RECONNECT_MS = 500
const MAX_RECONNECT_MS = 30_000
const MAX_RECONNECT_AFTER_MS = 300_000

/**
 * How long a live stream waits before it connects again, in milliseconds; null when trying again cannot help. `failures`
 * counts the attempts since the last event that came through, 1 for the first. The first wait is jittered too: when a
 * server restarts, its clients do not come back as one.
 */
export function planReconnect(failures: number, error: MaildockError, random: number): number | null {
  if (!isWorthReconnecting(error)) {
    return null
  }
  const ceilingMs = Math.min(FIRST_RECONNECT_MS * 2 ** Math.min(failures - 1, 20), MAX_RECONNECT_MS)
  const askedMs = Math.min((error.retryAfterSeconds ?? 0) * 1000, MAX_RECONNECT_AFTER_MS)
  return askedMs + ceilingMs * (0.5 + random / 2)
}

function isWorthReconnecting(error: MaildockError): boolean {
  const { code, httpStatus } = error
  if (httpStatus === undefined) {
    return code !== 'client.unexpected'
  }
  return httpStatus >= 500 || httpStatus === 408 || httpStatus === 429
}
