import { SendAnswer, SendInput, SentCopy, Submission, SubmissionRecipient, SubmissionStep } from '@maildock/core'
import { z } from 'zod'
import { toMessageRef } from '../../send/message-ref.ts'
import { MAX_SEND_BODY_OCTETS } from '../../http/body-budget.ts'
import { restRoute, type RestRoute } from '../rest-route.ts'

const tag = 'Send'
const MESSAGE_ID = 'msg_0199c0de0000700080000123456789ab'
const SANDBOX = 'With the header `X-MisarMail-Sandbox: true` everything is checked and nothing is delivered.'

const SentMessage = z.object({
  messageId: SendAnswer.shape.messageId,
  provider: z.literal('smtp'),
  timestamp: SendAnswer.shape.timestamp,
  idempotent: z.literal(true).optional().meta({ description: 'An earlier request with the same idempotency key is answered again.' }),
  sandbox: z.literal(true).optional(),
})

const PendingMessage = z.object({
  success: z.literal(false),
  queued: z.boolean().meta({ description: 'False: it is not known whether the mail server took it, and it is not sent again.' }),
  message: z.string(),
  messageId: SendAnswer.shape.messageId,
  statusUrl: z.string(),
  idempotent: z.literal(true).optional(),
})

const PENDING_TEXTS: Readonly<Record<Exclude<SendAnswer['outcome'], 'sent'>, string>> = {
  queued: 'Email queued for retry',
  scheduled: 'Email scheduled',
  unknown: 'The connection was lost before the mail server answered: it is not known whether the email was sent, and it is not sent again',
  cancelled: 'Email cancelled',
}

function toSendBody({
  outcome,
  messageId,
  timestamp,
  idempotent,
  sandbox,
}: SendAnswer): z.input<typeof SentMessage> | z.input<typeof PendingMessage> {
  const replayed = idempotent ? { idempotent } : {}
  if (outcome === 'sent') {
    return { messageId, provider: 'smtp', timestamp, ...replayed, ...(sandbox ? { sandbox } : {}) }
  }
  const queued = outcome === 'queued' || outcome === 'scheduled'
  return {
    success: false,
    queued,
    message: PENDING_TEXTS[outcome],
    messageId,
    statusUrl: `/api/v1/send/${messageId}`,
    ...replayed,
  }
}

/** A submission as REST tells it. Metadata is its owner's: its keys are told as they are. */
const SubmissionView = z.object({
  message_id: z.string(),
  status: Submission.shape.status,
  sandbox: z.boolean(),
  subject: z.string(),
  message_id_header: z.string(),
  recipients: z.array(
    z.object({
      email: z.string(),
      kind: SubmissionRecipient.shape.kind,
      status: SubmissionRecipient.shape.status,
      reply_code: z.int().nullable(),
      enhanced_status: z.string().nullable(),
      response: z.string().nullable(),
    }),
  ),
  history: z.array(SubmissionStep),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  attempts: z.int(),
  created_at: z.date(),
  scheduled_at: z.date().nullable(),
  next_attempt_at: z.date().nullable(),
  sent_copy: SentCopy.omit({ messageId: true }).extend({ message: SentCopy.shape.messageId }),
})

function toSubmissionView(submission: Submission): z.input<typeof SubmissionView> {
  const { status, sandbox, subject, history, tags, metadata, attempts } = submission
  const { messageId: message, ...sentCopy } = submission.sentCopy
  return {
    message_id: toMessageRef(submission),
    status,
    sandbox,
    subject,
    message_id_header: submission.messageIdHeader,
    recipients: submission.recipients.map(({ replyCode, enhancedStatus, ...recipient }) => ({
      ...recipient,
      reply_code: replyCode,
      enhanced_status: enhancedStatus,
    })),
    history,
    tags,
    metadata,
    attempts,
    created_at: submission.createdAt,
    scheduled_at: submission.scheduledAt,
    next_attempt_at: submission.nextAttemptAt,
    sent_copy: { ...sentCopy, message },
  }
}

const SUBMISSION_EXAMPLE = {
  message_id: MESSAGE_ID,
  status: 'deferred',
  sandbox: false,
  subject: 'Your order',
  message_id_header: '<4c1e0b5a-0f0e-4a53-9a5c-5f2f0f4d9a11@yourdomain.com>',
  recipients: [
    {
      email: 'customer@example.org',
      kind: 'to',
      status: 'pending',
      reply_code: 450,
      enhanced_status: '4.2.0',
      response: '450 4.2.0 Greylisted, try again later',
    },
  ],
  history: [
    { at: '2026-01-15T10:00:00Z', status: 'accepted', code: null, response: null },
    { at: '2026-01-15T10:00:01Z', status: 'deferred', code: null, response: '450 4.2.0 Greylisted, try again later' },
  ],
  tags: ['order'],
  metadata: { orderId: '1001' },
  attempts: 1,
  created_at: '2026-01-15T10:00:00Z',
  scheduled_at: null,
  next_attempt_at: '2026-01-15T10:01:05Z',
  sent_copy: { status: 'none', code: null, response: null, message: null },
}

/** Sending, as the contract words it. */
export const SEND_ROUTES: readonly RestRoute[] = [
  restRoute({
    method: 'POST',
    path: '/api/v1/send',
    procedure: 'send.message',
    type: 'mutation',
    summary: 'Send a message through a connected account',
    description: `It is stored before it is sent, and tried at once. ${SANDBOX}`,
    tag,
    auth: 'key',
    body: z.object(SendInput.shape),
    maxBodyOctets: MAX_SEND_BODY_OCTETS,
    respell: respellAttachments,
    response: SentMessage,
    toBody: toSendBody,
    toStatus: ({ outcome }) => (outcome === 'sent' ? 200 : 202),
    pending: {
      summary: 'Stored, and not sent yet',
      response: PendingMessage,
      example: {
        success: false,
        queued: true,
        message: PENDING_TEXTS.queued,
        message_id: MESSAGE_ID,
        status_url: `/api/v1/send/${MESSAGE_ID}`,
      },
    },
    repeatsRetryAfter: true,
    errors: [
      'rate.limited',
      'send.sender_not_allowed',
      'send.alias_unknown',
      'send.recipient_suppressed',
      'send.quota_reached',
      'message.not_found',
      'idempotency.key_reused',
      'idempotency.in_progress',
      'smtp.recipient_refused',
      'smtp.message_refused',
      'smtp.smtputf8_unsupported',
    ],
    examples: {
      request: {
        from: { email: 'hello@yourdomain.com', name: 'Your Shop' },
        to: [{ email: 'customer@example.org', name: 'A Customer' }],
        subject: 'Your order',
        html: '<p>Thank you.</p>',
        text: 'Thank you.',
        idempotency_key: 'order-1001',
        tags: ['order'],
        metadata: { orderId: '1001' },
      },
      response: { message_id: MESSAGE_ID, provider: 'smtp', timestamp: '2026-01-15T10:00:00Z' },
    },
  }),
  restRoute({
    method: 'GET',
    path: '/api/v1/send/{message_id}',
    procedure: 'send.get',
    type: 'query',
    summary: 'Read what became of a message',
    tag,
    auth: 'key',
    spelling: 'camelCase',
    response: SubmissionView,
    toBody: toSubmissionView,
    errors: ['send.not_found'],
    examples: { response: SUBMISSION_EXAMPLE },
  }),
  restRoute({
    method: 'DELETE',
    path: '/api/v1/send/{message_id}',
    procedure: 'send.cancel',
    type: 'mutation',
    summary: 'Take a message back that waits',
    description: 'One that is scheduled, or waits for another attempt. What was taken for some recipients stays with them.',
    tag,
    auth: 'key',
    spelling: 'camelCase',
    response: SubmissionView,
    toBody: toSubmissionView,
    errors: ['send.not_found', 'send.not_cancellable'],
    examples: { response: { ...SUBMISSION_EXAMPLE, status: 'cancelled', next_attempt_at: null } },
  }),
]

/** `content_type` of attachments. What is no list of objects is left to the schema. */
function respellAttachments(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { attachments } = body
  return Array.isArray(attachments) ? { ...body, attachments: attachments.map(respellAttachment) } : body
}

function respellAttachment(attachment: unknown): unknown {
  if (typeof attachment !== 'object' || attachment === null || !('content_type' in attachment)) {
    return attachment
  }
  const { content_type: contentType, ...rest } = attachment
  return { ...rest, contentType }
}
