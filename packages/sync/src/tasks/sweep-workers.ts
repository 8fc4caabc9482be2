import { forgetWorkers, inTransaction, listDeadWorkers } from '@maildock/db'
import type { Pool } from 'pg'

/** A worker that was silent for so long counts as dead. Too early does no harm: see below. */
export const DEAD_AFTER_MS = 20_000
/** A lock older than this whose owner never gave a sign: it died before its first heartbeat. */
const NEVER_SEEN_AFTER_MS = 60_000

/**
 * Gives the jobs of dead workers back to the queue, which would keep them locked for four hours. The owner of a lock is the id of the
 * worker pool (graphile-worker 0.17 and later), and that id is what heartbeats. A worker that only seemed dead loses nothing but the
 * job: what it still writes is refused by the lease it does not hold any more, and it cannot complete a job it does not own.
 * @returns ids of the workers that were unlocked
 */
export async function sweepWorkers(pool: Pool, deadAfterMs = DEAD_AFTER_MS): Promise<readonly string[]> {
  return inTransaction(pool, async (client) => {
    const dead = await listDeadWorkers(client, deadAfterMs)
    const { rows } = await client.query<{ locked_by: string }>(
      `SELECT DISTINCT locked_by FROM graphile_worker.jobs
       WHERE locked_at < clock_timestamp() - $1::int * interval '1 millisecond'
         AND NOT EXISTS (SELECT FROM worker WHERE worker.id = locked_by)`,
      [NEVER_SEEN_AFTER_MS],
    )
    const ids = [...dead, ...rows.map((row) => row.locked_by)]
    if (ids.length > 0) {
      await client.query('SELECT graphile_worker.force_unlock_workers($1::text[])', [ids])
      await forgetWorkers(client, dead, deadAfterMs)
    }
    return ids
  })
}
