import type { Logger } from '@maildock/core'
import { LeaseLostError, releaseLease, renewLease, type Lease } from '@maildock/db'
import type { Pool } from 'pg'

/** A dead holder's account is free after this. Shorter than the time after which a silent worker counts as dead. */
export const LEASE_TTL_MS = 15_000
const RENEW_INTERVAL_MS = 5_000

/** A lease that is kept alive until disposed, and then given back. `signal` fires when it is lost. */
export interface HeldLease extends AsyncDisposable {
  readonly lease: Lease
  readonly signal: AbortSignal
}

/**
 * Keeps a lease from expiring. A renewal that fails for want of the database is tried again: what protects the data is the token, not
 * the time.
 */
export function holdLease(pool: Pool, lease: Lease, logger: Logger): HeldLease {
  const lost = new AbortController()
  const renew = async (): Promise<void> => {
    try {
      if (!(await renewLease(pool, lease, LEASE_TTL_MS))) {
        lost.abort(new LeaseLostError(lease, 'taken_over'))
      }
    } catch (error) {
      logger.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'A lease could not be renewed; it is tried again.')
    }
  }
  const timer = setInterval(() => void renew(), RENEW_INTERVAL_MS)
  return {
    lease,
    signal: lost.signal,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      try {
        await releaseLease(pool, lease)
      } catch (error) {
        logger.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'A lease could not be given back; it expires by itself.')
      }
    },
  }
}
