import type { Submission, SubmissionRecipient, SubmissionStep, Uuid } from '@maildock/core'
import { inTransaction, type SqlExecutor } from '@maildock/db'
import type { Pool } from 'pg'
import type { SubmissionRef } from '../submission-ref.ts'
import { addStep } from './claim-store.ts'
import { oweCopy, WAS_TAKEN_BY_SOMEBODY } from './sent-copy-store.ts'

type SubmissionRow = Omit<Submission, 'recipients' | 'history'>

/** A submission of one of the user's accounts, connected or not; null when there is none. */
export async function findSubmission(executor: SqlExecutor, userId: Uuid, id: Uuid): Promise<Submission | null> {
  const { rows } = await executor.query(
    `SELECT id, account_id AS "accountId", status, sandbox, subject, message_id_header AS "messageIdHeader", tags, metadata, attempts,
       created_at AS "createdAt", scheduled_at AS "scheduledAt", next_attempt_at AS "nextAttemptAt",
       json_build_object('status', sent_copy, 'code', sent_copy_code, 'response', sent_copy_response, 'messageId', sent_message_id) AS "sentCopy"
     FROM submission WHERE account_id = ANY(ARRAY(SELECT account.id FROM account WHERE account.user_id = $1::uuid)) AND id = $2::uuid`,
    [userId, id],
  )
  const [row] = rows as SubmissionRow[]
  if (row === undefined) {
    return null
  }
  return { ...row, recipients: await listRecipients(executor, row), history: await listSteps(executor, row) }
}

async function listRecipients(executor: SqlExecutor, { accountId, id }: SubmissionRef): Promise<SubmissionRecipient[]> {
  const { rows } = await executor.query(
    `SELECT address AS email, kind, status, reply_code AS "replyCode", enhanced_status AS "enhancedStatus", response
     FROM submission_recipient WHERE account_id = $1::uuid AND submission_id = $2::uuid ORDER BY position`,
    [accountId, id],
  )
  return rows as SubmissionRecipient[]
}

async function listSteps(executor: SqlExecutor, { accountId, id }: SubmissionRef): Promise<SubmissionStep[]> {
  const { rows } = await executor.query(
    'SELECT at, status, code, response FROM submission_step WHERE account_id = $1::uuid AND submission_id = $2::uuid ORDER BY position',
    [accountId, id],
  )
  return rows as SubmissionStep[]
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
