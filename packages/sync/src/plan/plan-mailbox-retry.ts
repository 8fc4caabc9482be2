import type { MailFaultClass } from '@maildock/mail'

export interface MailboxFailure {
  readonly class: MailFaultClass
  /** The connection stands: it was this mailbox alone. */
  readonly confined: boolean
  /** Failures in a row, this one included. */
  readonly failures: number
}

/** What a server will hardly mend by itself (faults 2.3: `CORRUPTION`, `CANNOT`, `NONEXISTENT` on a mailbox). */
const LONG_MS = 6 * 60 * 60_000
const FIRST_MS = 30_000
/** A connection that was lost so often in one mailbox was not lost by chance. */
const LOST_BY_CHANCE = 4

/**
 * How long a mailbox that failed is left alone; null: not at all, the next pass tries it. A refusal that is said to be of the moment
 * doubles its delay. A lost connection is the account's matter, which has a backoff of its own, until it is always the same mailbox.
 */
export function planMailboxRetry({ class: faultClass, confined, failures }: MailboxFailure): number | null {
  const doubled = Math.min(LONG_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20))
  switch (faultClass) {
    case 'mailbox':
    case 'permission':
      return LONG_MS
    case 'protocol':
      return confined || failures > 1 ? LONG_MS : null
    case 'transient':
      return confined || failures > LOST_BY_CHANCE ? doubled : null
    case 'credential':
    case 'account':
    case 'tls':
    case 'throttle':
      return null
    default:
      return faultClass satisfies never
  }
}
