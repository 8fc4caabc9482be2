import type { Uuid } from '@maildock/core'
import { runPrepared, type SqlExecutor } from '@maildock/db'
import { findSubmissionPace } from '@maildock/mail'
import type { Attempt } from '../deliver.ts'
import type { DueAccount, WantedOfAccount } from '../due-accounts.ts'
import type { SubmissionRef } from '../submission-ref.ts'
import { isTriedAgain, pausedUntil } from './pace-store.ts'
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

/** Accounts that take part in one turn, of all users and of one; the others have theirs in a later one. */
const MAX_ACCOUNTS = 2_000
const MAX_ACCOUNTS_OF_USER = 100

interface DueAccountRow extends Omit<DueAccount, 'atOnce'> {
  readonly host: string
  readonly isTriedAgain: boolean
}

/**
 * Connected accounts with submissions that are due, which nobody holds back; those that wait longest first. It goes from account to account, not from message
 * to message: of one that has a hundred thousand the first is enough.
 */
export async function listDueAccounts(executor: SqlExecutor): Promise<readonly DueAccount[]> {
  const { rows } = await executor.query(
    `WITH RECURSIVE earliest AS (
       (SELECT account_id, next_attempt_at FROM submission WHERE status IN ('accepted', 'deferred')
        ORDER BY account_id, next_attempt_at LIMIT 1)
       UNION ALL
       SELECT next.* FROM earliest CROSS JOIN LATERAL (
         SELECT account_id, next_attempt_at FROM submission
         WHERE status IN ('accepted', 'deferred') AND submission.account_id > earliest.account_id
         ORDER BY account_id, next_attempt_at LIMIT 1) AS next)
     SELECT "accountId", "userId", host, "isTriedAgain" FROM (
       SELECT account.id AS "accountId", account.user_id AS "userId", smtp_host AS host, earliest.next_attempt_at AS since,
         ${isTriedAgain('account.id')} AS "isTriedAgain",
         row_number() OVER (PARTITION BY account.user_id ORDER BY earliest.next_attempt_at) AS place
       FROM earliest JOIN account ON account.id = earliest.account_id
       WHERE earliest.next_attempt_at <= clock_timestamp() AND disconnected_at IS NULL AND ${pausedUntil('account.id')} IS NULL) AS due
     WHERE place <= $2::int ORDER BY since LIMIT $1::int`,
    [MAX_ACCOUNTS, MAX_ACCOUNTS_OF_USER],
  )
  return (rows as DueAccountRow[]).map(({ accountId, userId, host, isTriedAgain: isTrial }) => ({
    accountId,
    userId,
    atOnce: isTrial ? 1 : findSubmissionPace(host).connections,
  }))
}

const CLAIM_DUE = {
  name: 'outbox-claim-due',
  text: `WITH wanted AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS wanted (account_id, wanted)),
     taken AS MATERIALIZED (
       SELECT due.account_id, due.id FROM wanted CROSS JOIN LATERAL (
         SELECT account_id, id FROM submission
         WHERE submission.account_id = wanted.account_id AND status IN ('accepted', 'deferred') AND next_attempt_at <= clock_timestamp()
           AND EXISTS (SELECT FROM account WHERE account.id = submission.account_id AND disconnected_at IS NULL)
           AND ${pausedUntil('submission.account_id')} IS NULL
         ORDER BY next_attempt_at LIMIT wanted.wanted FOR NO KEY UPDATE OF submission SKIP LOCKED) AS due)
     UPDATE submission SET status = 'sending', claim_token = claim_token + 1, next_attempt_at = NULL,
       claimed_until = clock_timestamp() + $3::int * interval '1 millisecond'
     FROM taken WHERE submission.account_id = taken.account_id AND submission.id = taken.id
     RETURNING submission.account_id AS "accountId", submission.user_id AS "userId", submission.id, claim_token::text AS token`,
}

/**
 * Takes so many submissions of each account that are due, those that wait longest first; fewer where there are not so many. One statement; the database's clock
 * counts. Safe to run in every process at once: each submission is taken by one.
 */
export async function claimDue(executor: SqlExecutor, wanted: readonly WantedOfAccount[]): Promise<readonly Claim[]> {
  const { rows } = await runPrepared(executor, CLAIM_DUE, [
    wanted.map(({ accountId }) => accountId),
    wanted.map((one) => one.wanted),
    CLAIM_TTL_MS,
  ])
  return (rows as (Omit<Claim, 'token'> & { readonly token: string })[]).map(({ token, ...claim }) => ({ ...claim, token: BigInt(token) }))
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
