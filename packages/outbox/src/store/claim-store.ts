import type { Uuid } from '@maildock/core'
import { runPrepared, type SqlExecutor } from '@maildock/db'
import type { Attempt } from '../deliver.ts'
import type { SubmissionRef } from '../submission-ref.ts'
import { pausedUntil } from './pace-store.ts'
import { CLAIMED_STATE_COLUMNS, readClaimedState, type ClaimedState } from './claimed-state.ts'

/** The right to attempt a submission. `token` is the fence: of two claims of one submission the higher is the valid one. */
export interface Claim extends SubmissionRef {
  readonly userId: Uuid
  readonly token: bigint
}

/** The claim a message is accepted with: nothing need be read for its attempt. */
export interface FirstClaim extends Claim {
  readonly attempt: Attempt
}

/** Somebody else is at it, it was cancelled, or it is over. */
export class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError'
  constructor() {
    super('The claim of a submission was lost.')
  }
}

/** A claim nobody renews for so long belongs to a process that is dead or frozen. In milliseconds. */
export const CLAIM_TTL_MS = 20_000

const UNTIL = "clock_timestamp() + $3::int * interval '1 millisecond'"

/** Which submissions are taken. */
export interface ClaimLimits {
  /** At most so many. */
  readonly limit: number
  /** At most so many of one account, those under way included: one with thousands leaves room for the others. */
  readonly perAccount: number
  /** The same of one user: whoever has many accounts. */
  readonly perUser: number
  /** Attempts under way, by the id of an account or a user. */
  readonly underWay: ReadonlyMap<Uuid, number>
}

/** Due submissions that are looked at for a choice. */
const LOOKED_AT = 500

/**
 * Takes submissions that are due, of connected accounts that are not held back, those that wait longest first. One statement; the database's clock counts. Safe to run in
 * every process at once: each submission is taken by one.
 */
export async function claimDue(executor: SqlExecutor, { limit, perAccount, perUser, underWay }: ClaimLimits): Promise<readonly Claim[]> {
  const { rows } = await executor.query(
    `WITH busy AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS busy (id, under_way)),
     waiting AS MATERIALIZED (
       SELECT submission.account_id, submission.user_id, submission.id, submission.next_attempt_at,
         coalesce(of_account.under_way, 0) AS of_account, coalesce(of_user.under_way, 0) AS of_user
       FROM submission JOIN account ON account.id = submission.account_id AND account.disconnected_at IS NULL
         LEFT JOIN busy AS of_account ON of_account.id = submission.account_id
         LEFT JOIN busy AS of_user ON of_user.id = submission.user_id
       WHERE submission.status IN ('accepted', 'deferred') AND submission.next_attempt_at <= clock_timestamp()
         AND coalesce(of_account.under_way, 0) < $4::int AND coalesce(of_user.under_way, 0) < $7::int
         AND ${pausedUntil('submission.account_id')} IS NULL
       ORDER BY submission.next_attempt_at LIMIT $3::int),
     of_accounts AS (
       SELECT *, of_account + row_number() OVER (PARTITION BY account_id ORDER BY next_attempt_at, id) AS place FROM waiting),
     of_users AS (
       SELECT *, of_user + row_number() OVER (PARTITION BY user_id ORDER BY next_attempt_at, id) AS place_of_user FROM of_accounts
       WHERE place <= $4::int),
     chosen AS MATERIALIZED (SELECT account_id, id FROM of_users WHERE place_of_user <= $7::int ORDER BY next_attempt_at LIMIT $5::int),
     taken AS MATERIALIZED (
       SELECT submission.account_id, submission.id FROM submission JOIN chosen USING (account_id, id)
       WHERE status IN ('accepted', 'deferred') ORDER BY account_id, id FOR NO KEY UPDATE OF submission SKIP LOCKED)
     UPDATE submission SET status = 'sending', claim_token = claim_token + 1, next_attempt_at = NULL,
       claimed_until = clock_timestamp() + $6::int * interval '1 millisecond'
     FROM taken WHERE submission.account_id = taken.account_id AND submission.id = taken.id
     RETURNING submission.account_id AS "accountId", submission.user_id AS "userId", submission.id, claim_token::text AS token`,
    [[...underWay.keys()], [...underWay.values()], LOOKED_AT, perAccount, limit, CLAIM_TTL_MS, perUser],
  )
  return (rows as { accountId: Uuid; userId: Uuid; id: Uuid; token: string }[]).map(({ token, ...ref }) => ({
    ...ref,
    token: BigInt(token),
  }))
}

/** Prolongs a claim from now on. @returns false when it is not ours any more */
export async function renewClaim(executor: SqlExecutor, { accountId, id, token }: Claim): Promise<boolean> {
  const { rows } = await executor.query(
    `UPDATE submission SET claimed_until = ${UNTIL}
     WHERE account_id = $1::uuid AND id = $2::uuid AND status = 'sending' AND claim_token = $4::bigint RETURNING 1 AS renewed`,
    [accountId, id, CLAIM_TTL_MS, token.toString()],
  )
  return rows.length === 1
}

/** A claim that has less than this left when its message is handed over is prolonged with that: the answer has its time. In milliseconds. */
const ENOUGH_MS = CLAIM_TTL_MS / 2

/** `claimed_until` stays as it is where it can: of a row whose indexed columns do not change no index is written. */
const MARK_HANDOVER = {
  name: 'outbox-mark-handover',
  text: `UPDATE submission SET handover_at = clock_timestamp(),
       claimed_until = CASE WHEN claimed_until < clock_timestamp() + $5::int * interval '1 millisecond' THEN ${UNTIL} ELSE claimed_until END
     WHERE account_id = $1::uuid AND id = $2::uuid AND status = 'sending' AND claim_token = $4::bigint RETURNING ${CLAIMED_STATE_COLUMNS}`,
}

/**
 * Sets the marker: from here on the message may have been taken, and without an outcome nobody tries again. Committed when it resolves.
 * @returns how the submission stands @throws ClaimLostError: nothing may be handed over
 */
export async function markHandover(executor: SqlExecutor, { accountId, id, token }: Claim): Promise<ClaimedState> {
  const { rows } = await runPrepared(executor, MARK_HANDOVER, [accountId, id, CLAIM_TTL_MS, token.toString(), ENOUGH_MS])
  const state = readClaimedState(rows)
  if (state === null) {
    throw new ClaimLostError()
  }
  return state
}

export interface NewStep {
  readonly status: string
  readonly code: string | null
  readonly response: string | null
}

/** Adds a step to the history. The caller's transaction has the row of the submission. */
export async function addStep(executor: SqlExecutor, { accountId, id }: SubmissionRef, { status, code, response }: NewStep): Promise<void> {
  await executor.query(
    `INSERT INTO submission_step (account_id, submission_id, position, at, status, code, response)
     SELECT $1::uuid, $2::uuid, count(*), clock_timestamp(), $3::text, $4::text, $5::text
     FROM submission_step WHERE account_id = $1::uuid AND submission_id = $2::uuid`,
    [accountId, id, status, code, response],
  )
}
