import {
  planAfterAttempt,
  type AttemptOutcome,
  type RecipientStatus,
  type SubmissionPlan,
  type SubmissionStatus,
  type Uuid,
} from '@maildock/core'
import { inTransaction, type SqlExecutor } from '@maildock/db'
import { isHardStatus } from '@maildock/mail'
import type { Pool } from 'pg'
import { addStep, ClaimLostError, type Claim } from './claim-store.ts'
import { oweCopy } from './sent-copy-store.ts'
import { suppress } from './suppression-store.ts'

/** What came of an attempt, as it is stored. */
export interface Settled {
  readonly status: SubmissionPlan['status']
  readonly nextAttemptAt: Date | null
}

interface ClaimedRow {
  readonly status: SubmissionStatus
  readonly user_id: Uuid
  readonly attempts: number
  readonly due_at: Date
  readonly now: Date
}

/**
 * Stores the outcome of a claimed attempt, recipient by recipient, in one transaction. Also when the claim ran out meanwhile and was taken for `unknown`: a late answer of the server is better than none.
 * @throws ClaimLostError when somebody else had the submission since
 */
export async function settleAttempt(pool: Pool, claim: Claim, outcome: AttemptOutcome): Promise<Settled> {
  return inTransaction(pool, async (client) => {
    const row = await lockClaimed(client, claim)
    const recipients = await listRecipients(client, claim)
    const attempts = row.status === 'sending' ? row.attempts + 1 : row.attempts
    const plan = planAfterAttempt({ dueAt: row.due_at, attempts, recipients }, outcome, { now: row.now, random: Math.random() })
    await writeRecipients(client, claim, plan)
    await client.query(
      `UPDATE submission SET status = $3::text, attempts = $4::int, next_attempt_at = $5::timestamptz, claimed_until = NULL,
         handover_at = CASE WHEN $3::text = 'unknown' THEN handover_at END,
         ${oweCopy("$3::text = 'sent'", 'true')}
       WHERE account_id = $1::uuid AND id = $2::uuid`,
      [claim.accountId, claim.id, plan.status, attempts, plan.nextAttemptAt],
    )
    await addStep(client, claim, { status: plan.status, code: outcome.code, response: outcome.response })
    await suppressRefused(client, { userId: row.user_id, submissionId: claim.id }, outcome)
    return { status: plan.status, nextAttemptAt: plan.nextAttemptAt }
  })
}

async function lockClaimed(client: SqlExecutor, { accountId, id, token }: Claim): Promise<ClaimedRow> {
  const { rows } = await client.query(
    `SELECT status, user_id, attempts, greatest(scheduled_at, created_at, retried_at) AS due_at, clock_timestamp() AS now FROM submission
     WHERE account_id = $1::uuid AND id = $2::uuid AND claim_token = $3::bigint AND status IN ('sending', 'unknown') FOR NO KEY UPDATE`,
    [accountId, id, token.toString()],
  )
  const [row] = rows as ClaimedRow[]
  if (row === undefined) {
    throw new ClaimLostError()
  }
  return row
}

async function listRecipients(
  client: SqlExecutor,
  { accountId, id }: Claim,
): Promise<readonly { readonly address: string; readonly status: RecipientStatus }[]> {
  const { rows } = await client.query(
    'SELECT address, status FROM submission_recipient WHERE account_id = $1::uuid AND submission_id = $2::uuid ORDER BY position',
    [accountId, id],
  )
  return rows as { address: string; status: RecipientStatus }[]
}

async function writeRecipients(client: SqlExecutor, { accountId, id }: Claim, { recipients }: SubmissionPlan): Promise<void> {
  const changed = [...recipients]
  await client.query(
    `UPDATE submission_recipient AS known SET status = told.status, reply_code = told.reply_code, enhanced_status = told.enhanced_status,
       response = told.response
     FROM unnest($3::text[], $4::text[], $5::int[], $6::text[], $7::text[]) AS told (address, status, reply_code, enhanced_status, response)
     WHERE known.account_id = $1::uuid AND known.submission_id = $2::uuid AND known.address = told.address
       AND known.status NOT IN ('bounced', 'complained')`,
    [
      accountId,
      id,
      changed.map(([address]) => address),
      changed.map(([, { status }]) => status),
      changed.map(([, { replyCode }]) => replyCode),
      changed.map(([, { enhancedStatus }]) => enhancedStatus),
      changed.map(([, { response }]) => response),
    ],
  )
}

/** A server that says at RCPT that there is no such address need not be asked again. What it says of the message is no word about the address. */
async function suppressRefused(
  client: SqlExecutor,
  { userId, submissionId }: { readonly userId: Uuid; readonly submissionId: Uuid },
  { recipients }: AttemptOutcome,
): Promise<void> {
  const gone = recipients.filter(
    ({ outcome, code, replyCode, enhancedStatus }) =>
      outcome === 'refused' && code !== 'smtp.message_refused' && (replyCode ?? 0) >= 500 && isHardStatus(enhancedStatus),
  )
  await suppress(
    client,
    userId,
    gone.map(({ address, response }) => ({ address, reason: 'bounce', submissionId, detail: response })),
  )
}
