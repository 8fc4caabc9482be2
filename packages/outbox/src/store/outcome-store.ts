import type { Submission, SubmissionStep, Uuid } from '@maildock/core'
import { inTransaction, runPrepared, type SqlExecutor } from '@maildock/db'
import type { Pool } from 'pg'
import type { SubmissionRef } from '../submission-ref.ts'
import { addStep } from './claim-store.ts'
import { pausedUntil } from './pace-store.ts'
import { oweCopy, WAS_TAKEN_BY_SOMEBODY } from './sent-copy-store.ts'

type SubmissionRow = Omit<Submission, 'history'> & { readonly history: readonly (Omit<SubmissionStep, 'at'> & { readonly at: string })[] }

const FIND_SUBMISSION = {
  name: 'outbox-find-submission',
  text: `SELECT id, account_id AS "accountId", status, sandbox, subject, message_id_header AS "messageIdHeader", tags, metadata, attempts,
       created_at AS "createdAt", scheduled_at AS "scheduledAt",
       CASE WHEN next_attempt_at IS NOT NULL THEN greatest(next_attempt_at, ${pausedUntil('submission.account_id')}) END AS "nextAttemptAt",
       json_build_object('status', sent_copy, 'code', sent_copy_code, 'response', sent_copy_response, 'messageId', sent_message_id) AS "sentCopy",
       (SELECT coalesce(json_agg(json_build_object('email', address, 'kind', kind, 'status', status, 'replyCode', reply_code,
          'enhancedStatus', enhanced_status, 'response', response) ORDER BY position), '[]')
        FROM submission_recipient AS named WHERE named.account_id = submission.account_id AND named.submission_id = submission.id) AS recipients,
       (SELECT coalesce(json_agg(json_build_object('at', at, 'status', status, 'code', code, 'response', response) ORDER BY position), '[]')
        FROM submission_step AS step WHERE step.account_id = submission.account_id AND step.submission_id = submission.id) AS history
     FROM submission WHERE account_id = ANY(ARRAY(SELECT account.id FROM account WHERE account.user_id = $1::uuid)) AND id = $2::uuid`,
}

/** A submission of one of the user's accounts, connected or not; null when there is none. As it stands at one instant. */
export async function findSubmission(executor: SqlExecutor, userId: Uuid, id: Uuid): Promise<Submission | null> {
  const { rows } = await runPrepared(executor, FIND_SUBMISSION, [userId, id])
  const [row] = rows as SubmissionRow[]
  return row === undefined ? null : { ...row, history: row.history.map((step) => ({ ...step, at: new Date(step.at) })) }
}

/**
 * Takes a submission back that waits for an attempt. Of one that somebody has already a copy is owed all the same. @returns whether it waited: false when somebody is at it, or it is over
 */
export async function cancelSubmission(pool: Pool, { accountId, id }: SubmissionRef): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query(
      `UPDATE submission SET status = 'cancelled', next_attempt_at = NULL, ${oweCopy(WAS_TAKEN_BY_SOMEBODY, 'false')}
       WHERE account_id = $1::uuid AND id = $2::uuid AND status IN ('accepted', 'deferred') RETURNING 1 AS cancelled`,
      [accountId, id],
    )
    if (rows.length === 0) {
      return false
    }
    await addStep(client, { accountId, id }, { status: 'cancelled', code: null, response: null })
    return true
  })
}
