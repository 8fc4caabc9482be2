import { z } from 'zod'
import { DisplayName } from './account.ts'
import { EmailAddress } from './email-address.ts'
import { IdText, Uuid } from './ids.ts'
import { isOneLine } from './storable-text.ts'

/**
 * Where a submission stands. accepted: it waits for its first attempt. sending: an attempt is under way. deferred: the mail server could
 * not take it (all of it) yet; it is tried again. sent: taken for every recipient that was not refused. failed: for none.
 * unknown: the connection was lost at the very end, and nobody can tell; it is never tried again by itself. cancelled: by its owner.
 */
export const SubmissionStatus = z.enum(['accepted', 'sending', 'deferred', 'sent', 'failed', 'unknown', 'cancelled'])
export type SubmissionStatus = z.infer<typeof SubmissionStatus>

/**
 * What became of one recipient. pending: it is still to be tried, or tried again. bounced: it was taken, and came back later. complained: it arrived,
 * and its reader complained.
 */
export const RecipientStatus = z.enum(['pending', 'accepted', 'refused', 'unknown', 'bounced', 'complained'])
export type RecipientStatus = z.infer<typeof RecipientStatus>

export const RecipientKind = z.enum(['to', 'cc', 'bcc'])
export type RecipientKind = z.infer<typeof RecipientKind>

/** Where a message goes or comes from, as a caller writes it. */
export const SendAddress = z.strictObject({ email: EmailAddress, name: DisplayName.optional() })
export type SendAddress = z.infer<typeof SendAddress>

/** Octets of one message as composed, attachments in base64. The limit of large providers. */
export const MAX_SOURCE_OCTETS = 25 * 1024 * 1024
/** Octets of text or HTML, each. */
const MAX_BODY_LENGTH = 5 * 1024 * 1024
/** Files of one message. */
export const MAX_ATTACHMENTS = 50
const MAX_AHEAD_MS = 366 * 24 * 3_600_000

export const oneLine = (maxLength: number) =>
  z
    .string()
    .max(maxLength, `This has at most ${maxLength} characters.`)
    .refine(isOneLine, 'This must be one line.')
    .refine((value) => !/[\u0000-\u0008\u000e-\u001f\u007f]/u.test(value) && value.isWellFormed(), 'This contains control characters.')

const body = z
  .string()
  .max(MAX_BODY_LENGTH, 'This text is too long.')
  .refine((value) => value.isWellFormed() && !value.includes('\u0000'), 'This is not well-formed text.')

const Base64 = z
  .string()
  .max(Math.ceil(MAX_SOURCE_OCTETS / 3) * 4, 'This attachment is too large.')
  .refine((value) => /^[A-Za-z0-9+/]*={0,2}$/u.test(value) && value.replace(/=+$/u, '').length % 4 !== 1, 'This is not base64.')

export const SendAttachment = z.strictObject({
  filename: oneLine(255).min(1, 'Name the attachment.'),
  content: Base64.meta({ description: 'The octets, in base64.' }),
  contentType: z
    .string()
    .regex(/^[\w!#$&^.+-]{1,64}\/[\w!#$&^.+-]{1,64}$/u, 'This is not a content type.')
    .optional(),
  cid: z
    .string()
    .regex(/^[\w!#$%&'*+./=?^`{|}~@-]{1,200}$/u, 'This is not a content id.')
    .optional()
    .meta({ description: 'Content id, for HTML that shows it as cid:…' }),
})
export type SendAttachment = z.infer<typeof SendAttachment>

/** Names and values of further header fields. Which names are allowed is decided where the message is composed. */
const SendHeaders = z
  .record(oneLine(100).min(1), oneLine(2_000))
  .refine((headers) => Object.keys(headers).length <= 50, 'There are at most 50 headers.')

/** A message to be sent through a connected account. */
export const SendInput = z
  .strictObject({
    from: SendAddress.meta({ description: 'A connected account.' }),
    to: z
      .array(SendAddress)
      .min(1, 'Name at least one recipient.')
      .max(100, 'There are at most 100 recipients.')
      .meta({ description: 'Recipients.' }),
    cc: z
      .array(SendAddress)
      .max(50, 'There are at most 50 recipients of copies.')
      .optional()
      .meta({ description: 'Recipients of copies.' }),
    bcc: z
      .array(SendAddress)
      .max(50, 'There are at most 50 recipients of blind copies.')
      .optional()
      .meta({ description: 'Recipients the message does not name.' }),
    replyTo: SendAddress.optional().meta({ description: 'Where answers go. Default: the sender.' }),
    subject: oneLine(998).meta({ description: 'One line; may be empty.' }),
    html: body.optional().meta({ description: 'The message as HTML.' }),
    text: body.optional().meta({ description: 'The message as plain text. Default: made of the HTML.' }),
    idempotencyKey: oneLine(128)
      .min(1)
      .optional()
      .meta({ description: 'The same key and payload send once, however often they are posted.' }),
    tags: z.array(oneLine(64).min(1)).max(10, 'There are at most 10 tags.').optional().meta({ description: 'For your own use.' }),
    metadata: z
      .record(
        oneLine(64).min(1),
        z
          .string()
          .max(500)
          .refine((value) => value.isWellFormed() && !value.includes('\u0000')),
      )
      .refine((entries) => Object.keys(entries).length <= 50, 'There are at most 50 entries.')
      .optional()
      .meta({ description: 'Names and texts for your own use.' }),
    attachments: z
      .array(SendAttachment)
      .max(MAX_ATTACHMENTS, `There are at most ${MAX_ATTACHMENTS} attachments.`)
      .optional()
      .meta({ description: 'With all of them the message has at most 25 MiB.' }),
    headers: SendHeaders.optional().meta({
      description: 'Further header fields, such as List-Unsubscribe. Those that Maildock sets are refused.',
    }),
    inReplyToMessage: IdText.optional().meta({ description: 'Id of a synchronised message that is answered.' }),
    forwardOfMessage: IdText.optional().meta({
      description: 'Id of a synchronised message whose attachments are taken along, as they are stored.',
    }),
    forwardAs: z
      .enum(['attachments', 'message'])
      .optional()
      .meta({ description: 'message: the whole forwarded message is attached instead. Default: attachments.' }),
    scheduledAt: z.iso
      .datetime({ offset: true })
      .refine((value) => Date.parse(value) <= Date.now() + MAX_AHEAD_MS, 'This is more than a year ahead.')
      .optional()
      .meta({ description: 'An ISO time: it is sent then. In the past: at once.', examples: ['2026-01-15T10:00:00Z'] }),
    aliasId: IdText.optional().meta({ description: 'Not known here yet: refused.' }),
  })
  .refine(({ html, text }) => html !== undefined || text !== undefined, { path: ['text'], message: 'Give text, html or both.' })
  .refine(({ forwardAs, forwardOfMessage }) => forwardAs === undefined || forwardOfMessage !== undefined, {
    path: ['forwardAs'],
    message: 'Name the message that is forwarded.',
  })
export type SendInput = z.infer<typeof SendInput>

/** What became of one recipient, with the server's own words where it had any. */
export const SubmissionRecipient = z.object({
  email: z.string(),
  kind: RecipientKind,
  status: RecipientStatus,
  replyCode: z.int().nullable(),
  enhancedStatus: z.string().nullable(),
  response: z.string().nullable(),
})
export type SubmissionRecipient = z.infer<typeof SubmissionRecipient>

/** A step in the life of a submission. */
export const SubmissionStep = z.object({
  at: z.date(),
  status: SubmissionStatus,
  code: z.string().nullable().meta({ description: 'A code of the error catalogue.' }),
  response: z.string().nullable().meta({ description: "The mail server's own words." }),
})
export type SubmissionStep = z.infer<typeof SubmissionStep>

/** What became of the copy in the account's Sent mailbox. */
export const SentCopyStatus = z.enum(['none', 'owed', 'filed', 'found', 'provider', 'failed']).meta({
  description:
    'none: there is none to come, at least not yet. owed: it is filed with one of the next passes of synchronisation. filed: it was put there. found: it was there, or somebody else put it there. provider: whoever took the message keeps copies himself. failed: it could not be filed; without a code: the account was disconnected first.',
})
export type SentCopyStatus = z.infer<typeof SentCopyStatus>

export const SentCopy = z.object({
  status: SentCopyStatus,
  code: z.string().nullable().meta({ description: 'Why the last attempt to file it failed: a code of the error catalogue.' }),
  response: z.string().nullable().meta({ description: "The mail server's own words." }),
  messageId: Uuid.nullable().meta({ description: 'The synchronised message that is the copy, once it was seen.' }),
})
export type SentCopy = z.infer<typeof SentCopy>

/** A submission as its owner sees it. It does not hold the message. */
export const Submission = z.object({
  id: Uuid,
  accountId: Uuid,
  status: SubmissionStatus,
  sandbox: z.boolean(),
  subject: z.string(),
  messageIdHeader: z.string(),
  recipients: z.array(SubmissionRecipient),
  history: z.array(SubmissionStep).meta({ description: 'Oldest first.' }),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  attempts: z.int(),
  createdAt: z.date(),
  scheduledAt: z.date().nullable(),
  nextAttemptAt: z.date().nullable(),
  sentCopy: SentCopy.meta({ description: "What became of the copy in the account's Sent mailbox." }),
})
export type Submission = z.infer<typeof Submission>

/** What a caller is told of a submission. A failure is an error instead. */
export const SendAnswer = z.object({
  outcome: z.enum(['sent', 'queued', 'scheduled', 'unknown', 'cancelled']).meta({
    description:
      'queued: the mail server could not take it now. scheduled: it is for later. unknown: nobody can tell whether it was taken.',
  }),
  messageId: z.string().meta({ description: 'Names the submission.', examples: ['msg_0199c0de0000700080000123456789ab'] }),
  timestamp: z.date().meta({ description: 'When it was accepted.' }),
  sandbox: z.boolean(),
  idempotent: z.boolean().meta({ description: 'An earlier request with the same idempotency key is answered again.' }),
})
export type SendAnswer = z.infer<typeof SendAnswer>
