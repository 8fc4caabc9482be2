import type { SyncReason, SyncState } from '@maildock/core'

/** Whether to begin a pass now, or at another time; null: not before the account is changed. */
export type AttemptPlan = { readonly now: true } | { readonly now: false; readonly at: Date | null }

/** Codes of a login that was refused. Trying again counts as another failed login, whoever asks for it. */
const LOGIN_REFUSED: ReadonlySet<string> = new Set(['imap.authentication_failed', 'imap.app_password_required', 'imap.disabled'])

/**
 * Holds passes to the backoff of the account (faults, invariant R): what runs by itself waits its time. A person may ask at any time,
 * unless the login was refused: then only the plan's own attempts are made, however often somebody presses the button.
 */
export function planAttempt(state: SyncState, reason: SyncReason, now: Date): AttemptPlan {
  const { errorCode, nextAttemptAt, status } = state
  if (errorCode === null) {
    return { now: true }
  }
  if (nextAttemptAt === null) {
    return status === 'error' ? { now: false, at: null } : { now: true }
  }
  const isDue = nextAttemptAt <= now
  const mayOverride = reason === 'manual' && !LOGIN_REFUSED.has(errorCode)
  return isDue || mayOverride ? { now: true } : { now: false, at: nextAttemptAt }
}
