import type { Uuid } from '@maildock/core'
import { inTransaction } from '@maildock/db'
import type { Pool } from 'pg'
import { JOB_PRIORITY } from './job-priority.ts'
import { planRecall } from '../hosts/plan-recall.ts'

/** Codes of failures of the host, not of the account. */
const HOST_CODES = ['upstream.unavailable', 'upstream.rate_limited', 'host.unreachable', 'host.timeout', 'host.not_found']
/** Watches put off for longer are so for a reason of their own. */
const PUT_OFF_MS = 15 * 60_000
const MOST = 20_000

/**
 * A host that was down is back: the accounts that wait for it are tried soon instead of at the end of their backoff, spread over time. Of
 * accounts that somebody is at nothing is changed.
 * @returns how many
 */
export async function recallAccounts(pool: Pool, host: string): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: Uuid }>(
      `SELECT id FROM account WHERE lower(imap_host) || ':' || imap_port = $1::text AND disconnected_at IS NULL
         AND sync_error_code = ANY($2::text[]) AND next_attempt_at > clock_timestamp()
       ORDER BY id LIMIT $3::int FOR NO KEY UPDATE SKIP LOCKED`,
      [host, HOST_CODES, MOST],
    )
    const ids = rows.map(({ id }) => id)
    const delays = planRecall(ids.length, Math.random)
    await client.query(
      `UPDATE account SET next_attempt_at = clock_timestamp() + due.ms * interval '1 millisecond'
       FROM unnest($1::uuid[], $2::int[]) AS due(id, ms) WHERE account.id = due.id`,
      [ids, delays],
    )
    await client.query(
      `SELECT graphile_worker.add_job('sync_account', json_build_object('accountId', due.id, 'reason', 'retry'),
         job_key => 'sync:' || due.id, run_at => clock_timestamp() + due.ms * interval '1 millisecond', priority => $3::int)
       FROM unnest($1::uuid[], $2::int[]) AS due(id, ms)`,
      [ids, delays, JOB_PRIORITY.retry],
    )
    await client.query(
      `UPDATE watch SET not_before = NULL WHERE worker_id IS NULL AND not_before < clock_timestamp() + $2::int * interval '1 millisecond'
         AND account_id IN (SELECT id FROM account WHERE lower(imap_host) || ':' || imap_port = $1::text)`,
      [host, PUT_OFF_MS],
    )
    return ids.length
  })
}
