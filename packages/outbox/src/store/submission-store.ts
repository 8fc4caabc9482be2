import type { RecipientKind, Uuid } from '@maildock/core'
import { runPrepared, type SqlExecutor } from '@maildock/db'
import { toEnvelopeId } from '../envelope-id.ts'
import { BEST_CREDENTIAL, SERVER_COLUMNS, toSubmissionServer, type ServerRow } from './attempt-store.ts'
import { CLAIM_TTL_MS, type FirstClaim } from './claim-store.ts'
import { pausedUntil } from './pace-store.ts'

/** A submission as it is accepted. */
export interface NewSubmission {
  readonly accountId: Uuid
  readonly id: Uuid
  readonly userId: Uuid
  /** Null: by a session. */
  readonly apiKeyId: Uuid | null
  readonly sandbox: boolean
  readonly subject: string
  readonly messageIdHeader: string
  readonly reversePath: string
  /** Each mailbox once. */
  readonly recipients: readonly { readonly address: string; readonly kind: RecipientKind }[]
  readonly needsSmtputf8: boolean
  readonly needs8bit: boolean
  readonly source: Buffer
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  readonly idempotencyKey: string | null
  readonly payloadSha256: Uint8Array
  /** Null: now. */
  readonly scheduledAt: Date | null
}

/** A submission that was stored. */
export interface AcceptedSubmission {
  readonly createdAt: Date
  /** Null: it is for later, or its account is held back, or it is not to be delivered at all (sandbox), or the account was disconnected in this moment: then it ends by itself. */
  readonly claim: FirstClaim | null
}

/** The first attempt is the caller's, or somebody else's. */
type StoredRow = { readonly createdAt: Date } & (({ readonly isDue: true } & ServerRow) | { readonly isDue: false })

const INSERT_SUBMISSION = {
  name: 'outbox-insert-submission',
  text: `WITH asked AS (SELECT CASE WHEN $5::text = 'sending' AND (${pausedUntil('$1::uuid')} IS NOT NULL
         OR NOT EXISTS (SELECT FROM account WHERE id = $1::uuid AND disconnected_at IS NULL)) THEN 'accepted' ELSE $5::text END AS status),
     submission AS (
       INSERT INTO submission (account_id, id, user_id, api_key_id, status, sandbox, subject, message_id_header, reverse_path, needs_smtputf8,
         needs_8bit, source, tags, metadata, idempotency_key, payload_sha256, scheduled_at, claim_token, claimed_until, next_attempt_at)
       SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid, status, $6::boolean, $7::text, $8::text, $9::text, $10::boolean,
         $11::boolean, $12::bytea, $13::text[], $14::jsonb, $15::text, $16::bytea, $17::timestamptz, 1,
         CASE WHEN status = 'sending' THEN clock_timestamp() + $18::int * interval '1 millisecond' END,
         CASE WHEN status = 'accepted' THEN coalesce($17::timestamptz, clock_timestamp()) END
       FROM asked RETURNING created_at, status),
     recipient AS (
       INSERT INTO submission_recipient (account_id, submission_id, position, address, kind, status)
       SELECT $1::uuid, $2::uuid, position - 1, address, kind, CASE WHEN $6::boolean THEN 'accepted' ELSE 'pending' END
       FROM unnest($19::text[], $20::text[]) WITH ORDINALITY AS named (address, kind, position)),
     step AS (
       INSERT INTO submission_step (account_id, submission_id, position, at, status)
       VALUES ($1::uuid, $2::uuid, 0, clock_timestamp(), 'accepted'))
     SELECT submission.created_at AS "createdAt", submission.status = 'sending' AND account.id IS NOT NULL AS "isDue", ${SERVER_COLUMNS}
     FROM submission LEFT JOIN account ON account.id = $1::uuid AND disconnected_at IS NULL
       LEFT JOIN credential ON credential.account_id = account.id
     ${BEST_CREDENTIAL}`,
}

/**
 * Stores a submission with its recipients and its first step, in one statement. What is due now is claimed at once for the caller, who
 * makes the first attempt; should he die, it is taken up by others.
 * @throws a unique violation when the idempotency key is taken
 */
export async function insertSubmission(executor: SqlExecutor, submission: NewSubmission): Promise<AcceptedSubmission> {
  const { accountId, id, sandbox, scheduledAt, recipients } = submission
  const isLater = scheduledAt !== null && scheduledAt.getTime() > Date.now()
  const status = sandbox ? 'sent' : isLater ? 'accepted' : 'sending'
  const { rows } = await runPrepared(executor, INSERT_SUBMISSION, [
    accountId,
    id,
    submission.userId,
    submission.apiKeyId,
    status,
    sandbox,
    submission.subject,
    submission.messageIdHeader,
    submission.reversePath,
    submission.needsSmtputf8,
    submission.needs8bit,
    // Of what is only checked, and of what is over, nothing is kept that was in the message.
    sandbox ? Buffer.alloc(0) : submission.source,
    submission.tags,
    JSON.stringify(submission.metadata),
    submission.idempotencyKey,
    Buffer.from(submission.payloadSha256),
    scheduledAt,
    CLAIM_TTL_MS,
    recipients.map(({ address }) => address),
    recipients.map(({ kind }) => kind),
  ])
  const [stored] = rows as StoredRow[]
  if (stored === undefined) {
    throw new Error('A submission was to be stored.')
  }
  if (!stored.isDue) {
    return { createdAt: stored.createdAt, claim: null }
  }
  const message = { ...submission, forwardPaths: recipients.map(({ address }) => address), envelopeId: toEnvelopeId(id) }
  const attempt = { message, server: toSubmissionServer(accountId, stored) }
  return { createdAt: stored.createdAt, claim: { accountId, userId: submission.userId, id, token: 1n, attempt } }
}

/** A submission that has an idempotency key. */
export interface KeyedSubmission {
  readonly accountId: Uuid
  readonly id: Uuid
  readonly payloadSha256: Buffer
}

/** Keys are the user's, whichever account or API key they were used with. */
export async function findByIdempotencyKey(executor: SqlExecutor, userId: Uuid, key: string): Promise<KeyedSubmission | null> {
  const { rows } = await executor.query(
    `SELECT account_id AS "accountId", id, payload_sha256 AS "payloadSha256" FROM submission
     WHERE user_id = $1::uuid AND idempotency_key = $2::text`,
    [userId, key],
  )
  const [row] = rows as KeyedSubmission[]
  return row ?? null
}
