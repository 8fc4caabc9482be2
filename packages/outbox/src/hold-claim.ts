import type { Logger } from '@maildock/core'
import type { Pool } from 'pg'
import { CLAIM_TTL_MS, ClaimLostError, renewClaim, type Claim } from './store/claim-store.ts'

const RENEW_INTERVAL_MS = CLAIM_TTL_MS / 4

/** A claim that is kept alive until disposed. `signal` fires when it is lost. */
export interface HeldClaim extends Disposable {
  readonly signal: AbortSignal
}

/** Keeps a claim from running out. A renewal that fails for want of the database is tried again: what protects is the token, not the time. */
export function holdClaim(pool: Pool, claim: Claim, logger: Logger): HeldClaim {
  const lost = new AbortController()
  const renew = async (): Promise<void> => {
    try {
      if (!(await renewClaim(pool, claim))) {
        lost.abort(new ClaimLostError())
      }
    } catch (error) {
      logger.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'A claim could not be renewed; it is tried again.')
    }
  }
  const timer = setInterval(() => void renew(), RENEW_INTERVAL_MS)
  return { signal: lost.signal, [Symbol.dispose]: () => clearInterval(timer) }
}
