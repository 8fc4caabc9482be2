import { GIVE_UP_AFTER_MS, type Uuid } from '@maildock/core'
import { inTransaction, type SqlExecutor } from '@maildock/db'
import type { Pool, PoolClient } from 'pg'
import type { SubmissionRef } from '../submission-ref.ts'
import { addStep, type Claim } from './claim-store.ts'
import { oweCopy, WAS_TAKEN_BY_SOMEBODY } from './sent-copy-store.ts'

/** Rows looked at in one turn. */
const CHUNK = 100

/** What was taken back, by what it is now. */
export interface Recovered {
  readonly deferred: number
  readonly unknown: number
  /** Given up: nobody took it. */
  readonly failed: number
  /** Given up for some, after others took it. */
  readonly sent: number
}

/** Once more at once, then after 1, 3, 9 … minutes, 8 hours at most: whatever killed the process may be the message. */
const PAUSE = `CASE WHEN attempts < 1 THEN interval '0' ELSE least(interval '8 hours', interval '1 minute' * power(3, least(attempts, 10) - 1)) END`

/**
 * Takes submissions back from processes that died. One whose marker is not set was not handed over: it is tried again, until its time is up. One whose
 * marker is set may have been taken: it is `unknown`, and never tried again by itself (faults F24, F25). Safe to run in every process at once.
 */
export async function recoverClaims(pool: Pool): Promise<Recovered> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ account_id: Uuid; id: Uuid; status: keyof Recovered }>(
      `WITH lost AS MATERIALIZED (
         SELECT account_id, id, CASE
           WHEN handover_at IS NOT NULL THEN 'unknown'
           WHEN clock_timestamp() - greatest(scheduled_at, created_at, retried_at) > $2::float8 * interval '1 millisecond' THEN
             CASE WHEN ${WAS_TAKEN_BY_SOMEBODY} THEN 'sent' ELSE 'failed' END
           ELSE 'deferred' END AS outcome
         FROM submission WHERE status = 'sending' AND claimed_until < clock_timestamp()
         ORDER BY claimed_until LIMIT $1::int FOR NO KEY UPDATE SKIP LOCKED)
       UPDATE submission SET status = outcome, claimed_until = NULL, attempts = attempts + 1,
         ${oweCopy("outcome = 'sent'", 'true')},
         next_attempt_at = CASE WHEN outcome = 'deferred' THEN clock_timestamp() + ${PAUSE} END
       FROM lost WHERE submission.account_id = lost.account_id AND submission.id = lost.id
       RETURNING submission.account_id, submission.id, status`,
      [CHUNK, GIVE_UP_AFTER_MS],
    )
    for (const { account_id: accountId, id, status } of rows) {
      await addStep(client, { accountId, id }, { status, code: null, response: null })
      if (status !== 'deferred') {
        await settlePending(client, { accountId, id }, status === 'unknown' ? 'unknown' : 'refused')
      }
    }
    const count = (wanted: keyof Recovered): number => rows.filter(({ status }) => status === wanted).length
    return { deferred: count('deferred'), unknown: count('unknown'), failed: count('failed'), sent: count('sent') }
  })
}

async function settlePending(client: PoolClient, { accountId, id }: SubmissionRef, status: 'unknown' | 'refused'): Promise<void> {
  await client.query(
    `UPDATE submission_recipient SET status = $3::text WHERE account_id = $1::uuid AND submission_id = $2::uuid AND status = 'pending'`,
    [accountId, id, status],
  )
}

/**
 * Ends what waits of accounts that are disconnected: their messages under way when it happened, and those that were accepted in that moment.
 * @returns how many
 */
export async function cancelAbandoned(executor: SqlExecutor): Promise<number> {
  const { rows } = await executor.query(
    `WITH abandoned AS MATERIALIZED (
       SELECT waiting.account_id, waiting.id FROM account CROSS JOIN LATERAL (
         SELECT account_id, id FROM submission
         WHERE submission.account_id = account.id AND status IN ('accepted', 'deferred') AND submission.next_attempt_at <= clock_timestamp()
         LIMIT $1::int FOR NO KEY UPDATE SKIP LOCKED) AS waiting
       WHERE account.disconnected_at IS NOT NULL LIMIT $1::int)
     ${cancelThose('abandoned')}`,
    [CHUNK],
  )
  return rows.length
}

/** Takes back what waits of an account that is being disconnected, in the caller's transaction. What is under way finishes once (faults F38). */
export async function cancelWaiting(executor: SqlExecutor, accountId: Uuid): Promise<void> {
  await executor.query(
    `WITH waiting AS MATERIALIZED (
       SELECT account_id, id FROM submission WHERE account_id = $1::uuid AND status IN ('accepted', 'deferred')
       ORDER BY id FOR NO KEY UPDATE)
     ${cancelThose('waiting')}`,
    [accountId],
  )
}

/** The rest of a statement that cancels rows it has locked, each with its step. */
function cancelThose(locked: string): string {
  return `, cancelled AS (
       UPDATE submission SET status = 'cancelled', next_attempt_at = NULL, source = '' FROM ${locked}
       WHERE submission.account_id = ${locked}.account_id AND submission.id = ${locked}.id RETURNING submission.account_id, submission.id)
     INSERT INTO submission_step (account_id, submission_id, position, at, status)
     SELECT account_id, id, (SELECT count(*) FROM submission_step AS step WHERE step.account_id = cancelled.account_id
       AND step.submission_id = cancelled.id), clock_timestamp(), 'cancelled' FROM cancelled RETURNING 1 AS cancelled`
}

/**
 * Gives a claim back of which is known that nothing was handed over: the submission waits again, before what came later. Also when it ran out meanwhile and was taken for
 * `unknown`, by a marker that was set and came to nothing. Nothing happens when it is somebody else's.
 */
export async function releaseClaim(pool: Pool, { accountId, id, token }: Claim): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query(
      `UPDATE submission SET status = CASE WHEN attempts = 0 THEN 'accepted' ELSE 'deferred' END, claimed_until = NULL, handover_at = NULL,
         next_attempt_at = least(clock_timestamp(), greatest(scheduled_at, created_at, retried_at))
       WHERE account_id = $1::uuid AND id = $2::uuid AND claim_token = $3::bigint AND status IN ('sending', 'unknown') RETURNING 1 AS released`,
      [accountId, id, token.toString()],
    )
    if (rows.length > 0) {
      await client.query(
        `UPDATE submission_recipient SET status = 'pending' WHERE account_id = $1::uuid AND submission_id = $2::uuid AND status = 'unknown'`,
        [accountId, id],
      )
    }
  })
}
