import { MaildockError, type SendAnswer, type SendInput, type Submission, type Uuid } from '@maildock/core'
import { inTransaction, isUniqueViolation, newId } from '@maildock/db'
import {
  findByIdempotencyKey,
  findSubmission,
  insertSubmission,
  waitAtMost,
  type AcceptedSubmission,
  type FirstClaim,
  type KeyedSubmission,
  type NewSubmission,
  type Settled,
} from '@maildock/outbox'
import { planLimitsOf } from '../accounts/plan-limits.ts'
import type { ApiRuntime } from '../api-runtime.ts'
import { getSender } from './find-sender.ts'
import { hashPayload } from './hash-payload.ts'
import { listRecipients, prepareMessage } from './prepare-message.ts'
import { readAnswered } from './read-answered.ts'
import { readForwarded } from './read-forwarded.ts'
import { toSendAnswer, toSentAnswer } from './send-answer.ts'
import { countSend, hasSendQuota } from './send-usage.ts'
import type { Submitter } from './submitter.ts'
import { readDraft, takeDraft, type TakenDraft } from './take-draft.ts'

/** Who asks, and how. */
export interface SendRequest {
  readonly by: Submitter
  /** Everything is checked, nothing is delivered. */
  readonly sandbox: boolean
  /** So long it can be taken back before it is sent. In milliseconds. */
  readonly holdMs?: number
  /** The draft this is: its files are sent along, and it is gone with the message. Of a message that is only checked it stays. */
  readonly draftId?: string | undefined
}

/** A mail server that takes longer than this has its answer looked up later. In milliseconds. */
const ANSWER_WITHIN_MS = 25_000

/**
 * Sends a message through an account: it is committed before anything is sent, then tried at once. What the mail server cannot take now is tried again
 * by a worker. The same idempotency key with the same payload sends once and is answered alike, however often and from wherever it comes.
 * @throws MaildockError send.sender_not_allowed, send.alias_unknown, send.recipient_suppressed, message.not_found, message.not_stored, validation.failed, request.too_large, send.quota_reached,
 *   draft.not_found, draft.sent, draft.changed_meanwhile, idempotency.key_reused, idempotency.in_progress, and when nobody got it smtp.recipient_refused, smtp.message_refused, smtp.smtputf8_unsupported
 */
export async function sendMessage(runtime: ApiRuntime, request: SendRequest, input: SendInput): Promise<SendAnswer> {
  const { pool } = runtime.database
  const { userId } = request.by
  const payloadSha256 = hashPayload(input, { sandbox: request.sandbox, draftId: request.draftId })
  const earlier = await findEarlier(runtime, request, input)
  if (earlier !== null) {
    return replay(runtime, request, { earlier, payloadSha256 })
  }
  const draft = request.draftId === undefined ? null : await readDraft(pool, userId, request.draftId)
  const submission = await prepareSubmission(runtime, { ...request, draft }, input)
  try {
    const { claim, createdAt } = await accept(runtime, { ...request, draft }, { ...submission, payloadSha256 })
    const settled = await attemptAtOnce(runtime, claim)
    return settled?.status === 'sent'
      ? toSentAnswer({ ...submission, createdAt }, { idempotent: false })
      : toSendAnswer(await getSubmission(runtime, userId, submission.id), { idempotent: false })
  } catch (error) {
    // Another request with the same key was a moment earlier.
    const winner = isUniqueViolation(error, 'submission_idempotency') ? await findEarlier(runtime, request, input) : null
    if (winner === null) {
      throw error
    }
    return replay(runtime, request, { earlier: winner, payloadSha256 })
  }
}

/** Commits it: counted, and with the draft it was. What is neither counted nor a draft is one statement, and needs no transaction around it. */
async function accept(
  runtime: ApiRuntime,
  { by, sandbox, draft }: SendRequest & { readonly draft: TakenDraft | null },
  submission: NewSubmission,
): Promise<AcceptedSubmission> {
  const { pool } = runtime.database
  const limits = planLimitsOf(runtime, by.plan)
  if (sandbox || (draft === null && !hasSendQuota(limits))) {
    return insertSubmission(pool, submission)
  }
  return inTransaction(pool, async (client) => {
    const accepted = await insertSubmission(client, submission)
    await countSend(client, by.userId, limits)
    if (draft !== null) {
      await takeDraft(client, by.userId, { ...draft, submissionId: submission.id })
    }
    return accepted
  })
}

async function findEarlier({ database }: ApiRuntime, { by }: SendRequest, { idempotencyKey }: SendInput): Promise<KeyedSubmission | null> {
  return idempotencyKey === undefined ? null : findByIdempotencyKey(database.pool, by.userId, idempotencyKey)
}

interface Replay {
  readonly earlier: KeyedSubmission
  readonly payloadSha256: Buffer
}

async function replay(runtime: ApiRuntime, { by }: SendRequest, { earlier, payloadSha256 }: Replay): Promise<SendAnswer> {
  if (by.allowedAccountId !== null && by.allowedAccountId !== earlier.accountId) {
    throw new MaildockError('send.sender_not_allowed')
  }
  if (!payloadSha256.equals(earlier.payloadSha256)) {
    throw new MaildockError('idempotency.key_reused')
  }
  const submission = await getSubmission(runtime, by.userId, earlier.id)
  if (submission.status === 'sending' && submission.attempts === 0) {
    throw new MaildockError('idempotency.in_progress', { retryAfterSeconds: 1 })
  }
  return toSendAnswer(submission, { idempotent: true })
}

async function prepareSubmission(
  { database }: ApiRuntime,
  { by, sandbox, holdMs = 0, draft }: SendRequest & { readonly draft: TakenDraft | null },
  input: SendInput,
): Promise<Omit<NewSubmission, 'payloadSha256'>> {
  const { userId, keyId, allowedAccountId } = by
  const recipients = listRecipients(input)
  const sender = await getSender(database.pool, { userId, email: input.from.email, allowedAccountId, recipients })
  if (input.aliasId !== undefined) {
    throw new MaildockError('send.alias_unknown')
  }
  const answered = input.inReplyToMessage === undefined ? null : await readAnswered(database.pool, sender.accountId, input.inReplyToMessage)
  const forwarded = input.forwardOfMessage === undefined ? null : await readForwarded(database.pool, by, input)
  const message = await prepareMessage(input, sender, {
    inReplyTo: answered?.inReplyTo,
    references: answered?.references ?? forwarded?.references ?? [],
    attachments: [...(draft?.attachments ?? []), ...(forwarded?.attachments ?? [])],
  })
  // One of them, in whichever kind of copy, is enough: a message to the others is another one, and its sender decides.
  if (sender.suppressed.length > 0) {
    throw new MaildockError('send.recipient_suppressed', { details: { recipients: sender.suppressed.map((email) => ({ email })) } })
  }
  return {
    ...message,
    recipients,
    accountId: sender.accountId,
    id: newId(),
    userId,
    apiKeyId: keyId,
    sandbox,
    subject: input.subject,
    tags: input.tags ?? [],
    metadata: input.metadata ?? {},
    idempotencyKey: input.idempotencyKey ?? null,
    scheduledAt: toSendTime(input, holdMs),
  }
}

/** Null: now. What is for later than it is held for is not held. */
function toSendTime({ scheduledAt }: SendInput, holdMs: number): Date | null {
  const wanted = scheduledAt === undefined ? null : new Date(scheduledAt)
  const heldUntil = holdMs === 0 ? null : new Date(Date.now() + holdMs)
  return wanted !== null && (heldUntil === null || wanted > heldUntil) ? wanted : heldUntil
}

/** Waits for the attempt, but not for longer than a caller does: it goes on by itself. @returns what came of it; null when that is not known yet */
async function attemptAtOnce({ outbox }: ApiRuntime, claim: FirstClaim | null): Promise<Settled | null> {
  return claim === null ? null : waitAtMost(outbox.attempt(claim), ANSWER_WITHIN_MS)
}

async function getSubmission({ database }: ApiRuntime, userId: Uuid, id: Uuid): Promise<Submission> {
  const submission = await findSubmission(database.pool, userId, id)
  if (submission === null) {
    throw new MaildockError('send.not_found')
  }
  return submission
}
