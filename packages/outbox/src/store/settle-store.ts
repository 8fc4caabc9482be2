import { planAfterAttempt, type AttemptOutcome, type RecipientOutcome, type SubmissionPlan } from '@maildock/core'
import { inTransaction, runPrepared, type SqlExecutor } from '@maildock/db'
import { isHardStatus } from '@maildock/mail'
import type { Pool } from 'pg'
import { ClaimLostError, type Claim } from './claim-store.ts'
import { CLAIMED_STATE_COLUMNS, readClaimedState, type ClaimedState } from './claimed-state.ts'
import { pauseAccount } from './pace-store.ts'
import { oweCopy } from './sent-copy-store.ts'
import { suppress, type NewSuppression } from './suppression-store.ts'

/** What came of an attempt, as it is stored. */
export interface Settled {
  readonly status: SubmissionPlan['status']
  readonly nextAttemptAt: Date | null
}

/**
 * Stores the outcome of a claimed attempt, recipient by recipient, all or nothing. Also when the claim ran out meanwhile and was taken for `unknown`: a late
 * answer of the server is better than none. `marked` is how the submission stood when its marker was set; without it, or when that holds no more, it is read.
 * @throws ClaimLostError when somebody else had the submission since
 */
export async function settleAttempt(
  pool: Pool,
  claim: Claim,
  outcome: AttemptOutcome,
  marked: ClaimedState | null = null,
): Promise<Settled> {
  // Ends: whoever changes a submission between raises its token, which ends the claim, or counts an attempt, which happens once to a claim.
  for (let known = marked; ; known = null) {
    const state = known ?? (await readClaimed(pool, claim))
    const attempts = state.status === 'sending' ? state.attempts + 1 : state.attempts
    const plan = planAfterAttempt({ ...state, attempts }, outcome, { now: state.now(), random: Math.random() })
    const settlement: Settlement = { state, attempts, plan, outcome }
    const gone = listGone(outcome)
    const limitsAccount = outcome.limitsAccount === true
    // Most attempts are one statement, and need no transaction around it.
    const isStored =
      gone.length === 0 && !limitsAccount
        ? await writeOutcome(pool, claim, settlement)
        : await inTransaction(pool, async (client) => {
            const isWritten = await writeOutcome(client, claim, settlement)
            if (isWritten) {
              await suppress(client, claim.userId, toSuppressions(claim, gone))
            }
            if (isWritten && limitsAccount) {
              await pauseAccount(client, claim.accountId, outcome.retryAfterMs ?? 0)
            }
            return isWritten
          })
    if (isStored) {
      return { status: plan.status, nextAttemptAt: plan.nextAttemptAt }
    }
  }
}

const READ_CLAIMED = {
  name: 'outbox-read-claimed',
  text: `SELECT ${CLAIMED_STATE_COLUMNS} FROM submission
     WHERE account_id = $1::uuid AND id = $2::uuid AND claim_token = $3::bigint AND status IN ('sending', 'unknown')`,
}

async function readClaimed(executor: SqlExecutor, { accountId, id, token }: Claim): Promise<ClaimedState> {
  const { rows } = await runPrepared(executor, READ_CLAIMED, [accountId, id, token.toString()])
  const state = readClaimedState(rows)
  if (state === null) {
    throw new ClaimLostError()
  }
  return state
}

interface Settlement {
  readonly state: ClaimedState
  readonly attempts: number
  readonly plan: SubmissionPlan
  readonly outcome: AttemptOutcome
}

/** Holds only if the submission stands as it was read: who took it back in between has counted an attempt. */
const WRITE_OUTCOME = {
  name: 'outbox-write-outcome',
  text: `WITH settled AS (
       UPDATE submission SET status = $6::text, attempts = $7::int, next_attempt_at = $8::timestamptz, claimed_until = NULL,
         handover_at = CASE WHEN $6::text = 'unknown' THEN handover_at END,
         ${oweCopy("$6::text = 'sent'", 'true')}
       WHERE account_id = $1::uuid AND id = $2::uuid AND claim_token = $3::bigint AND status = $4::text AND attempts = $5::int
       RETURNING account_id, id),
     told AS (
       UPDATE submission_recipient AS known SET status = told.status, reply_code = told.reply_code, enhanced_status = told.enhanced_status,
         response = told.response
       FROM settled, unnest($11::text[], $12::text[], $13::int[], $14::text[], $15::text[]) AS told (address, status, reply_code, enhanced_status, response)
       WHERE known.account_id = settled.account_id AND known.submission_id = settled.id AND known.address = told.address
         AND known.status NOT IN ('bounced', 'complained'))
     INSERT INTO submission_step (account_id, submission_id, position, at, status, code, response)
     SELECT account_id, id, (SELECT count(*) FROM submission_step AS step WHERE step.account_id = $1::uuid AND step.submission_id = $2::uuid),
       clock_timestamp(), $6::text, $9::text, $10::text FROM settled RETURNING 1 AS settled`,
}

/** @returns false when it does not stand as it was read */
async function writeOutcome(
  executor: SqlExecutor,
  { accountId, id, token }: Claim,
  { state, attempts, plan, outcome }: Settlement,
): Promise<boolean> {
  const changed = [...plan.recipients]
  const { rows } = await runPrepared(executor, WRITE_OUTCOME, [
    accountId,
    id,
    token.toString(),
    state.status,
    state.attempts,
    plan.status,
    attempts,
    plan.nextAttemptAt,
    outcome.code,
    outcome.response,
    changed.map(([address]) => address),
    changed.map(([, { status }]) => status),
    changed.map(([, { replyCode }]) => replyCode),
    changed.map(([, { enhancedStatus }]) => enhancedStatus),
    changed.map(([, { response }]) => response),
  ])
  return rows.length > 0
}

/** Whose server says at RCPT that there is no such address: it need not be asked again. What it says of the message is no word about the address. */
function listGone({ recipients }: AttemptOutcome): readonly RecipientOutcome[] {
  return recipients.filter(
    ({ outcome, code, replyCode, enhancedStatus }) =>
      outcome === 'refused' && code !== 'smtp.message_refused' && (replyCode ?? 0) >= 500 && isHardStatus(enhancedStatus),
  )
}

function toSuppressions({ id }: Claim, gone: readonly RecipientOutcome[]): readonly NewSuppression[] {
  return gone.map(({ address, response }) => ({ address, reason: 'bounce', submissionId: id, detail: response }))
}
