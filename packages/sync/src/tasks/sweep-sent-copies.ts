import type { SqlExecutor } from '@maildock/db'
import { JOB_PRIORITY } from './job-priority.ts'

/** Accounts enqueued at once. */
const CHUNK = 500

/**
 * Enqueues a pass for every account that is owed a copy of what it sent (docs/adr/0026), unless one waits or is under way, or the account is held back by its
 * failures. It looks at what is owed, not at the accounts: to be called often. Safe to run in every process at once. @returns how many were enqueued
 */
export async function sweepSentCopies(executor: SqlExecutor): Promise<number> {
  const { rows } = await executor.query(
    `SELECT graphile_worker.add_job('sync_account', json_build_object('accountId', due.id, 'reason', 'sweep'),
        job_key => 'sync:' || due.id, job_key_mode => 'preserve_run_at', priority => $2::int)
     FROM (
       SELECT id FROM account
       WHERE id = ANY(ARRAY(SELECT DISTINCT account_id FROM submission WHERE sent_copy = 'owed' AND sent_copy_due_at <= clock_timestamp()))
         AND disconnected_at IS NULL
         AND (sync_status <> 'error' OR next_attempt_at IS NOT NULL)
         AND (next_attempt_at IS NULL OR next_attempt_at <= clock_timestamp())
         AND NOT EXISTS (SELECT FROM graphile_worker.jobs WHERE jobs.key = 'sync:' || account.id)
         AND NOT EXISTS (SELECT FROM sync_lease WHERE sync_lease.account_id = account.id AND sync_lease.expires_at > clock_timestamp())
       ORDER BY id LIMIT $1::int
       FOR KEY SHARE SKIP LOCKED) AS due`,
    [CHUNK, JOB_PRIORITY.sweep],
  )
  return rows.length
}
