import type { ErrorCode, Uuid } from '@maildock/core'
import { runPrepared, type SqlExecutor } from '@maildock/db'
import type { SubmissionRef } from '../submission-ref.ts'

/** A provider or server that keeps copies itself has done so by then, and they are found. In milliseconds. */
const SENT_COPY_DELAY_MS = 3_000

/** Attempts: over some two days. */
const MAX_ATTEMPTS = 8

/** After 1, 4, 16 … minutes, 12 hours at most. */
const PAUSE = `least(interval '12 hours', interval '1 minute' * power(4, least(before.sent_copy_attempts, ${MAX_ATTEMPTS})))`

/** An account that cannot be signed in to for so long: what its messages held is not kept for ever. */
const KEPT_DAYS = 30

/** Rows looked at in one turn. */
const CHUNK = 100

/** Somebody of these has the message. */
export const WAS_TAKEN_BY_SOMEBODY = `EXISTS (SELECT FROM submission_recipient AS told WHERE told.account_id = submission.account_id
  AND told.submission_id = submission.id AND told.status IN ('accepted', 'bounced', 'complained'))`

/**
 * The part of an UPDATE of submissions that is over with them: where the condition holds, a copy is owed, and the source is kept until it is filed; where not,
 * the source is kept if `keepsSource` holds.
 */
export function oweCopy(condition: string, keepsSource: string): string {
  return `sent_copy = CASE WHEN ${condition} THEN 'owed' ELSE sent_copy END,
    sent_copy_due_at = CASE WHEN ${condition} THEN clock_timestamp() + ${SENT_COPY_DELAY_MS} * interval '1 millisecond' ELSE sent_copy_due_at END,
    source = CASE WHEN ${condition} OR ${keepsSource} THEN source ELSE '' END`
}

/** A copy that is to be put into the Sent mailbox of an account. */
export interface OwedCopy extends SubmissionRef {
  readonly messageIdHeader: string
  /** Servers of the account. */
  readonly imapHost: string
  readonly smtpHost: string
}

const LIST_OWED_COPIES = {
  name: 'outbox-list-owed-copies',
  text: `SELECT account_id AS "accountId", submission.id, message_id_header AS "messageIdHeader", imap_host AS "imapHost", smtp_host AS "smtpHost"
     FROM submission JOIN account ON account.id = submission.account_id
     WHERE account_id = $1::uuid AND sent_copy = 'owed' AND sent_copy_due_at <= clock_timestamp()
     ORDER BY sent_copy_due_at LIMIT $2::int`,
}

/** Copies of an account that are due, those that wait longest first. */
export async function listOwedCopies(executor: SqlExecutor, accountId: Uuid, limit: number): Promise<readonly OwedCopy[]> {
  const { rows } = await runPrepared(executor, LIST_OWED_COPIES, [accountId, limit])
  return rows as OwedCopy[]
}

/** What a copy is made of. */
export interface CopySource {
  /** As it was sent. */
  readonly source: Buffer
  /** Whom the message does not name, in its order. */
  readonly bcc: readonly string[]
  readonly sentAt: Date
  /** An earlier attempt ended without a word of the server: it may be there. */
  readonly mayBeThere: boolean
}

/** Attempts that ended with the connection are judged by nobody else. */
const GIVE_UP_COPY = {
  name: 'outbox-give-up-copy',
  text: `UPDATE submission SET sent_copy = 'failed', sent_copy_due_at = NULL, sent_copy_code = coalesce(sent_copy_code, 'upstream.unavailable'), source = ''
     WHERE account_id = $1::uuid AND id = $2::uuid AND sent_copy = 'owed' AND sent_copy_attempts >= ${MAX_ATTEMPTS} RETURNING 1 AS given_up`,
}

const START_COPY = {
  name: 'outbox-start-copy',
  text: `UPDATE submission SET sent_copy_attempts = submission.sent_copy_attempts + 1, sent_copy_begun_at = clock_timestamp(),
       sent_copy_due_at = clock_timestamp() + ${PAUSE}
     FROM submission AS before
     WHERE submission.account_id = $1::uuid AND submission.id = $2::uuid AND submission.sent_copy = 'owed'
       AND submission.sent_copy_attempts < ${MAX_ATTEMPTS} AND before.account_id = submission.account_id AND before.id = submission.id
     RETURNING submission.source, before.sent_copy_begun_at IS NOT NULL AS "mayBeThere",
       coalesce((SELECT max(at) FROM submission_step AS step WHERE step.account_id = $1::uuid AND step.submission_id = $2::uuid AND step.status = 'sent'),
         submission.created_at) AS "sentAt",
       ARRAY(SELECT address FROM submission_recipient AS blind WHERE blind.account_id = $1::uuid AND blind.submission_id = $2::uuid
         AND blind.kind = 'bcc' ORDER BY position) AS bcc`,
}

/**
 * Begins an attempt. Committed before the server is asked for anything: whatever ends the process or the connection, the next attempt is a while later, knows
 * of this one, and there are only so many. @returns null when it is not owed any more, or this would be one too many: then it is given up
 */
export async function startCopy(executor: SqlExecutor, { accountId, id }: SubmissionRef): Promise<CopySource | null> {
  const { rows } = await runPrepared(executor, START_COPY, [accountId, id])
  if (rows.length === 0) {
    await runPrepared(executor, GIVE_UP_COPY, [accountId, id])
  }
  const [row] = rows as CopySource[]
  return row ?? null
}

/** How an attempt ended well. filed: it was put there. found: it was there. provider: whoever took the message keeps copies himself. */
export type CopyOutcome = 'filed' | 'found' | 'provider'

const SETTLE_COPY = {
  name: 'outbox-settle-copy',
  text: `UPDATE submission SET sent_copy = $3::text, sent_copy_due_at = NULL, sent_copy_code = NULL, sent_copy_response = NULL, source = ''
     WHERE account_id = $1::uuid AND id = $2::uuid AND sent_copy = 'owed'`,
}

/** The copy is where it belongs, and what the message held is erased. */
export async function settleCopy(executor: SqlExecutor, { accountId, id }: SubmissionRef, outcome: CopyOutcome): Promise<void> {
  await runPrepared(executor, SETTLE_COPY, [accountId, id, outcome])
}

/** Why a copy could not be filed. */
export interface CopyFailure {
  readonly code: ErrorCode
  /** The server's own words, cleaned. */
  readonly response: string | null
  /** The server refused, so that nothing is there: the next attempt need not fear to find it. */
  readonly nothingThere: boolean
  /** Another attempt would be no better. */
  readonly final: boolean
}

/** Keeps why an attempt failed. After the last one the copy is given up, and what the message held is erased. */
export async function failCopy(executor: SqlExecutor, { accountId, id }: SubmissionRef, failure: CopyFailure): Promise<void> {
  await executor.query(
    `UPDATE submission SET sent_copy_code = $3::text, sent_copy_response = $4::text,
       sent_copy_begun_at = CASE WHEN $5::boolean THEN NULL ELSE sent_copy_begun_at END,
       sent_copy = CASE WHEN over THEN 'failed' ELSE sent_copy END,
       sent_copy_due_at = CASE WHEN over THEN NULL ELSE sent_copy_due_at END,
       source = CASE WHEN over THEN '' ELSE source END
     FROM (SELECT sent_copy_attempts >= $7::int OR $6::boolean AS over FROM submission WHERE account_id = $1::uuid AND id = $2::uuid) AS judged
     WHERE account_id = $1::uuid AND id = $2::uuid AND sent_copy = 'owed'`,
    [accountId, id, failure.code, failure.response, failure.nothingThere, failure.final, MAX_ATTEMPTS],
  )
}

/** A message that synchronisation found in the Sent mailbox. */
export interface SentMessage {
  readonly messageId: Uuid
  readonly messageIdHeader: string
}

/**
 * Ties messages of the Sent mailbox to the submissions they are copies of, in the transaction that stores them. A copy that is still owed is there: nobody
 * need file it.
 */
export async function linkSentMessages(executor: SqlExecutor, accountId: Uuid, messages: readonly SentMessage[]): Promise<void> {
  await executor.query(
    `UPDATE submission SET sent_message_id = stored.message_id,
       sent_copy = CASE WHEN sent_copy IN ('owed', 'failed') THEN 'found' ELSE sent_copy END,
       sent_copy_due_at = NULL, sent_copy_code = NULL, sent_copy_response = NULL,
       source = CASE WHEN sent_copy = 'owed' THEN '' ELSE source END
     FROM unnest($2::uuid[], $3::text[]) AS stored (message_id, message_id_header)
     WHERE submission.account_id = $1::uuid AND submission.message_id_header = stored.message_id_header AND NOT sandbox`,
    [accountId, messages.map(({ messageId }) => messageId), messages.map(({ messageIdHeader }) => messageIdHeader)],
  )
}

/**
 * Lets all copies of an account that are due wait as long as this one: what the server said, or did, is no word about one of them.
 */
export async function postponeCopies(executor: SqlExecutor, { accountId, id }: SubmissionRef): Promise<void> {
  await executor.query(
    `UPDATE submission SET sent_copy_due_at = tried.due_at
     FROM (SELECT sent_copy_due_at AS due_at FROM submission WHERE account_id = $1::uuid AND id = $2::uuid) AS tried
     WHERE account_id = $1::uuid AND sent_copy = 'owed' AND sent_copy_due_at < tried.due_at AND sent_copy_due_at <= clock_timestamp()`,
    [accountId, id],
  )
}

/** Lets all copies of an account that are due wait for so many minutes: there is no place for them now. */
export async function putOffCopies(executor: SqlExecutor, accountId: Uuid, minutes: number): Promise<void> {
  await executor.query(
    `UPDATE submission SET sent_copy_due_at = clock_timestamp() + $2::int * interval '1 minute'
     WHERE account_id = $1::uuid AND sent_copy = 'owed' AND sent_copy_due_at <= clock_timestamp()`,
    [accountId, minutes],
  )
}

/**
 * Gives up copies of accounts that are disconnected, nobody can sign in for them, and those that nobody could for 30 days. Safe to run in every process at
 * once. @returns how many
 */
export async function abandonCopies(executor: SqlExecutor): Promise<number> {
  const { rows } = await executor.query(
    `WITH abandoned AS MATERIALIZED (
       SELECT submission.account_id, submission.id FROM submission JOIN account ON account.id = submission.account_id
       WHERE sent_copy = 'owed' AND sent_copy_due_at IS NOT NULL
         AND (account.disconnected_at IS NOT NULL OR sent_copy_due_at < clock_timestamp() - $2::int * interval '1 day')
       LIMIT $1::int FOR NO KEY UPDATE OF submission SKIP LOCKED)
     UPDATE submission SET sent_copy = 'failed', sent_copy_due_at = NULL, source = '' FROM abandoned
     WHERE submission.account_id = abandoned.account_id AND submission.id = abandoned.id RETURNING 1 AS abandoned`,
    [CHUNK, KEPT_DAYS],
  )
  return rows.length
}
