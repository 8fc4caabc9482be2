import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { OutgoingMessage } from '../deliver.ts'
import type { SubmissionRef } from '../submission-ref.ts'

/** The right to attempt a submission. `token` is the fence: of two claims of one submission the higher is the valid one. */
export interface Claim extends SubmissionRef {
  readonly token: bigint
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
  /** Attempts under way, by account. */
  readonly underWay: ReadonlyMap<Uuid, number>
}

/** Due submissions that are looked at for a choice. */
const LOOKED_AT = 500

/**
 * Takes submissions of connected accounts that are due, those that wait longest first. One statement; the database's clock counts. Safe to run in
 * every process at once: each submission is taken by one.
 */
export async function claimDue(executor: SqlExecutor, { limit, perAccount, underWay }: ClaimLimits): Promise<readonly Claim[]> {
  const { rows } = await executor.query(
    `WITH busy AS (SELECT * FROM unnest($1::uuid[], $2::int[]) AS busy (account_id, under_way)),
     waiting AS MATERIALIZED (
       SELECT submission.account_id, submission.id, submission.next_attempt_at, coalesce(under_way, 0) AS under_way
       FROM submission JOIN account ON account.id = submission.account_id AND account.disconnected_at IS NULL
         LEFT JOIN busy ON busy.account_id = submission.account_id
       WHERE submission.status IN ('accepted', 'deferred') AND submission.next_attempt_at <= clock_timestamp()
         AND coalesce(under_way, 0) < $4::int
       ORDER BY submission.next_attempt_at LIMIT $3::int),
     ranked AS (
       SELECT *, under_way + row_number() OVER (PARTITION BY account_id ORDER BY next_attempt_at, id) AS place FROM waiting),
     chosen AS MATERIALIZED (SELECT account_id, id FROM ranked WHERE place <= $4::int ORDER BY next_attempt_at LIMIT $5::int),
     taken AS MATERIALIZED (
       SELECT submission.account_id, submission.id FROM submission JOIN chosen USING (account_id, id)
       WHERE status IN ('accepted', 'deferred') ORDER BY account_id, id FOR NO KEY UPDATE OF submission SKIP LOCKED)
     UPDATE submission SET status = 'sending', claim_token = claim_token + 1, next_attempt_at = NULL,
       claimed_until = clock_timestamp() + $6::int * interval '1 millisecond'
     FROM taken WHERE submission.account_id = taken.account_id AND submission.id = taken.id
     RETURNING submission.account_id AS "accountId", submission.id, claim_token::text AS token`,
    [[...underWay.keys()], [...underWay.values()], LOOKED_AT, perAccount, limit, CLAIM_TTL_MS],
  )
  return (rows as { accountId: Uuid; id: Uuid; token: string }[]).map(({ token, ...ref }) => ({ ...ref, token: BigInt(token) }))
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

/**
 * Sets the marker: from here on the message may have been taken, and without an outcome nobody tries again. Committed when it resolves.
 * @throws ClaimLostError: nothing may be handed over
 */
export async function markHandover(executor: SqlExecutor, { accountId, id, token }: Claim): Promise<void> {
  const { rows } = await executor.query(
    `UPDATE submission SET handover_at = clock_timestamp(), claimed_until = ${UNTIL}
     WHERE account_id = $1::uuid AND id = $2::uuid AND status = 'sending' AND claim_token = $4::bigint RETURNING 1 AS marked`,
    [accountId, id, CLAIM_TTL_MS, token.toString()],
  )
  if (rows.length === 0) {
    throw new ClaimLostError()
  }
}

interface MessageRow {
  readonly source: Buffer
  readonly user_id: Uuid
  readonly reverse_path: string
  readonly needs_smtputf8: boolean
  readonly needs_8bit: boolean
  readonly forward_paths: string[]
}

/** A message, and whose it is. */
export interface ClaimedMessage extends OutgoingMessage {
  readonly userId: Uuid
}

/** The message of a claim, for those who are still to get it. @throws ClaimLostError */
export async function readMessage(executor: SqlExecutor, { accountId, id, token }: Claim): Promise<ClaimedMessage> {
  const { rows } = await executor.query(
    `SELECT source, user_id, reverse_path, needs_smtputf8, needs_8bit, ARRAY(
       SELECT address FROM submission_recipient
       WHERE account_id = $1::uuid AND submission_id = $2::uuid AND status = 'pending' ORDER BY position) AS forward_paths
     FROM submission WHERE account_id = $1::uuid AND id = $2::uuid AND status = 'sending' AND claim_token = $3::bigint`,
    [accountId, id, token.toString()],
  )
  const [row] = rows as MessageRow[]
  if (row === undefined) {
    throw new ClaimLostError()
  }
  return {
    source: row.source,
    userId: row.user_id,
    reversePath: row.reverse_path,
    forwardPaths: row.forward_paths,
    needsSmtputf8: row.needs_smtputf8,
    needs8bit: row.needs_8bit,
  }
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
