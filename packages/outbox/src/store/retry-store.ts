import { inTransaction } from '@maildock/db'
import type { Pool } from 'pg'
import type { SubmissionRef } from '../submission-ref.ts'
import { addStep } from './claim-store.ts'

/** What came of the wish to send a message again. */
export type RetryOutcome = 'waits' | 'not_retryable' | 'disconnected'

/**
 * Makes a submission due now because its owner wants so. One that waits for another attempt, or failed, or is `unknown`: then whoever may have got it
 * is sent it once more, with the same octets and the same Message-ID. Those who took it, or whose mail came back, are left alone.
 */
export async function retryByHand(pool: Pool, { accountId, id }: SubmissionRef): Promise<RetryOutcome> {
  return inTransaction(pool, async (client) => {
    const { rows: accounts } = await client.query('SELECT 1 FROM account WHERE id = $1::uuid AND disconnected_at IS NULL FOR SHARE', [
      accountId,
    ])
    if (accounts.length === 0) {
      return 'disconnected'
    }
    const { rows } = await client.query(
      `UPDATE submission SET status = 'deferred', next_attempt_at = clock_timestamp(), handover_at = NULL, claimed_until = NULL,
         claim_token = claim_token + 1, retried_at = clock_timestamp()
       WHERE account_id = $1::uuid AND id = $2::uuid AND status IN ('deferred', 'failed', 'unknown') AND octet_length(source) > 0
         AND EXISTS (SELECT FROM submission_recipient AS told WHERE told.account_id = submission.account_id
           AND told.submission_id = submission.id AND told.status IN ('pending', 'refused', 'unknown'))
       RETURNING 1 AS due`,
      [accountId, id],
    )
    if (rows.length === 0) {
      return 'not_retryable'
    }
    await client.query(
      `UPDATE submission_recipient SET status = 'pending'
       WHERE account_id = $1::uuid AND submission_id = $2::uuid AND status IN ('refused', 'unknown')`,
      [accountId, id],
    )
    await addStep(client, { accountId, id }, { status: 'deferred', code: null, response: null })
    return 'waits'
  })
}
