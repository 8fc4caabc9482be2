import type { SqlExecutor } from '@maildock/db'
import { ADD_SWEEP_JOB, MAY_BE_SWEPT } from './sweep-job.ts'

/** Accounts enqueued at once. */
const CHUNK = 500

/**
 * Enqueues a pass for every account that is owed a copy of what it sent (docs/adr/0026), unless one waits or is under way, or the account is held back by its
 * failures. It looks at what is owed, not at the accounts: to be called often. Safe to run in every process at once. @returns how many were enqueued
 */
export async function sweepSentCopies(executor: SqlExecutor): Promise<number> {
  const { rows } = await executor.query(
    `SELECT ${ADD_SWEEP_JOB} FROM (
       SELECT id FROM account
       WHERE id = ANY(ARRAY(SELECT DISTINCT account_id FROM submission WHERE sent_copy = 'owed' AND sent_copy_due_at <= clock_timestamp()))
         AND ${MAY_BE_SWEPT}
       ORDER BY id LIMIT $1::int
       FOR KEY SHARE SKIP LOCKED) AS due`,
    [CHUNK],
  )
  return rows.length
}
