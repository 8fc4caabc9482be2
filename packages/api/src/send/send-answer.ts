import { MaildockError, type ErrorCode, type SendAnswer, type Submission } from '@maildock/core'
import { toMessageRef } from './message-ref.ts'

type AnswerOptions = Pick<SendAnswer, 'idempotent'>

/** What to tell of a submission that was taken. */
export function toSentAnswer(submission: Pick<Submission, 'id' | 'createdAt' | 'sandbox'>, options: AnswerOptions): SendAnswer {
  return { ...describe(submission, options), outcome: 'sent' }
}

function describe(
  submission: Pick<Submission, 'id' | 'createdAt' | 'sandbox'>,
  { idempotent }: AnswerOptions,
): Omit<SendAnswer, 'outcome'> {
  return { messageId: toMessageRef(submission), timestamp: submission.createdAt, sandbox: submission.sandbox, idempotent }
}

/**
 * What to tell of a submission as it stands. One whose first attempt is still under way is queued.
 * @throws MaildockError with the code of its failure and every recipient's answer, when nobody got it
 */
export function toSendAnswer(submission: Submission, options: AnswerOptions): SendAnswer {
  const { createdAt } = submission
  const answer = describe(submission, options)
  switch (submission.status) {
    case 'sent':
    case 'unknown':
    case 'cancelled':
      return { ...answer, outcome: submission.status }
    case 'accepted':
      // Without a time of its own it waits for room.
      return { ...answer, outcome: submission.scheduledAt !== null && submission.scheduledAt > createdAt ? 'scheduled' : 'queued' }
    case 'sending':
    case 'deferred':
      return { ...answer, outcome: 'queued' }
    case 'failed':
      throw toFailure(submission)
    default:
      return submission.status satisfies never
  }
}

/** Codes a caller is told as they are. Others speak of servers, and their place is the status of the submission. */
const TOLD: ReadonlySet<string> = new Set<ErrorCode>([
  'send.recipient_suppressed',
  'smtp.recipient_refused',
  'smtp.message_refused',
  'smtp.smtputf8_unsupported',
])

function toFailure(submission: Submission): MaildockError {
  const { recipients, history } = submission
  const code = history.findLast(({ status }) => status === 'failed')?.code ?? ''
  return new MaildockError(TOLD.has(code) ? (code as ErrorCode) : 'smtp.message_refused', {
    details: {
      messageId: toMessageRef(submission),
      recipients: recipients.map(({ email, replyCode, enhancedStatus, response }) => ({ email, replyCode, enhancedStatus, response })),
    },
  })
}
