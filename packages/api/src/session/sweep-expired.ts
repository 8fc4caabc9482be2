import type { Pool } from 'pg'
import { createSessionStore } from './embedded/session-store.ts'

/**
 * Removes what has expired of sessions and of counted attempts, a bounded number at a time; any process may, at any time. Sign-ins do so
 * too, but with an identity provider there are none, and failed verifications are counted all the same.
 */
export async function sweepExpired(pool: Pool, now: Date = new Date()): Promise<void> {
  await createSessionStore(pool).sweep(now)
}
