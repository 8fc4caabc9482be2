import { z } from 'zod'
import { IdText, Uuid } from './ids.ts'
import { RecipientKind, RecipientStatus, SendInput, SubmissionStatus } from './submission.ts'

/** Which submissions are shown. waiting: still to be sent, or being sent. failed: they did not reach everybody they should, or nobody can tell. */
export const SubmissionFilter = z.enum(['all', 'waiting', 'sent', 'failed'])
export type SubmissionFilter = z.infer<typeof SubmissionFilter>

/** Recipients a summary names; the others are counted. */
export const MAX_SUMMARY_RECIPIENTS = 5

/** A submission in a list. */
export const SubmissionSummary = z.object({
  id: Uuid,
  accountId: Uuid,
  status: SubmissionStatus,
  sandbox: z.boolean(),
  subject: z.string(),
  recipients: z
    .array(z.object({ email: z.string(), kind: RecipientKind, status: RecipientStatus }))
    .meta({ description: `The first ${MAX_SUMMARY_RECIPIENTS}.` }),
  recipientCount: z.int(),
  code: z.string().nullable().meta({ description: 'Of the last step: a code of the error catalogue.' }),
  tags: z.array(z.string()),
  attempts: z.int(),
  byKey: z.boolean().meta({ description: 'Sent with an API key, not by a person.' }),
  createdAt: z.date(),
  scheduledAt: z.date().nullable(),
  nextAttemptAt: z.date().nullable(),
})
export type SubmissionSummary = z.infer<typeof SubmissionSummary>

export const ListSubmissionsInput = z.strictObject({
  accountId: IdText.optional().meta({ description: 'Only of this account. One that is nobody’s or not yours has none.' }),
  filter: SubmissionFilter.default('all'),
  cursor: z.string().max(200).optional(),
  limit: z.int().min(1).max(100).default(50),
})
export type ListSubmissionsInput = z.input<typeof ListSubmissionsInput>

export const SubmissionPage = z.object({ submissions: z.array(SubmissionSummary), nextCursor: z.string().nullable() })
export type SubmissionPage = z.infer<typeof SubmissionPage>

/** A submission as the answer to its request named it, or by its id. */
export const SubmissionName = z.strictObject({ messageId: IdText })
export type SubmissionName = z.infer<typeof SubmissionName>

const MAX_UNDO_SECONDS = 60

/** A message a person sends. */
export const SendByHandInput = z.strictObject({
  message: SendInput,
  undoSeconds: z
    .int()
    .min(0)
    .max(MAX_UNDO_SECONDS)
    .default(0)
    .meta({ description: 'So long it waits, and can be cancelled, before it is sent.' }),
  draftId: IdText.optional().meta({
    description: 'The draft this is: its files are sent along, and it is gone with the message, unless that is cancelled.',
  }),
})
export type SendByHandInput = z.input<typeof SendByHandInput>
