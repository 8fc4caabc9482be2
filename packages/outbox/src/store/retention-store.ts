import type { SqlExecutor } from '@maildock/db'

/** For so long the octets of a message that failed, or of which nobody can tell, are kept: its owner may want it sent again. */
const KEPT_DAYS = 30

/** Rows looked at in one turn. */
const CHUNK = 100

/**
 * Erases what messages held that nobody sent again in time. Recipients, words and history stay. Safe to run in every process at once.
 * @returns how many
 */
export async function forgetMessages(executor: SqlExecutor, keptDays = KEPT_DAYS): Promise<number> {
  const { rows } = await executor.query(
    `WITH old AS MATERIALIZED (
       SELECT account_id, id FROM submission
       WHERE status IN ('failed', 'unknown') AND octet_length(source) > 0 AND created_at < clock_timestamp() - $2::int * interval '1 day'
       ORDER BY created_at LIMIT $1::int FOR NO KEY UPDATE SKIP LOCKED)
     UPDATE submission SET source = '' FROM old WHERE submission.account_id = old.account_id AND submission.id = old.id RETURNING 1 AS erased`,
    [CHUNK, keptDays],
  )
  return rows.length
}

/**
 * Drops drafts whose message was sent: it is in the outbox now. One whose message may still be cancelled is kept, and one whose message failed: they are drafts again.
 * Safe to run in every process at once. @returns how many
 */
export async function forgetSentDrafts(executor: SqlExecutor): Promise<number> {
  const { rows } = await executor.query(
    `WITH sent AS MATERIALIZED (
       SELECT draft.user_id, draft.id FROM draft JOIN submission ON submission.user_id = draft.user_id AND submission.id = draft.submission_id
       WHERE draft.submission_id IS NOT NULL AND submission.status IN ('sent', 'unknown') LIMIT $1::int
       FOR UPDATE OF draft SKIP LOCKED)
     DELETE FROM draft USING sent WHERE draft.user_id = sent.user_id AND draft.id = sent.id RETURNING 1 AS dropped`,
    [CHUNK],
  )
  return rows.length
}
