import { z } from 'zod'
import { IdText, Uuid } from './ids.ts'
import { oneLine, SendAttachment } from './submission.ts'

/** Octets of all files of a draft: in base64 they fit into one message. */
export const MAX_DRAFT_FILE_OCTETS = 18 * 1024 * 1024
/** Drafts a user has at most, and octets of all their files. */
export const MAX_DRAFTS = 500
export const MAX_USER_DRAFT_OCTETS = 200 * 1024 * 1024

/** As they were typed: an address, a name with one, or what is to become one. */
const DraftRecipients = z.array(oneLine(400)).max(100, 'There are at most 100 recipients.')

/** What somebody has written so far. Nothing of it need be ready to be sent. */
export const DraftContent = z.strictObject({
  accountId: Uuid.nullable().meta({ description: 'The account it is to be sent from. Null: not chosen yet.' }),
  to: DraftRecipients,
  cc: DraftRecipients,
  bcc: DraftRecipients,
  subject: oneLine(998),
  html: z
    .string()
    .max(1_000_000, 'This text is too long.')
    .refine((value) => value.isWellFormed() && !value.includes('\u0000'), 'This is not well-formed text.'),
  inReplyToMessage: Uuid.nullable(),
  forwardOfMessage: Uuid.nullable(),
})
export type DraftContent = z.infer<typeof DraftContent>

export const DraftAttachment = z.object({
  attachmentId: Uuid,
  filename: z.string(),
  contentType: z.string().nullable(),
  sizeOctets: z.int(),
})
export type DraftAttachment = z.infer<typeof DraftAttachment>

/** Where a draft stands after a change. */
export const DraftRevision = z.object({ draftId: Uuid, revision: z.int(), updatedAt: z.date() })
export type DraftRevision = z.infer<typeof DraftRevision>

export interface Draft extends DraftRevision {
  content: DraftContent
  attachments: DraftAttachment[]
}
// Said short, for the declarations of the published client.
export const Draft: z.ZodType<Draft> = DraftRevision.extend({ content: DraftContent, attachments: z.array(DraftAttachment) })

/** A draft in a list. */
export const DraftSummary = z.object({
  draftId: Uuid,
  subject: z.string(),
  to: z.array(z.string()).meta({ description: 'The first three.' }),
  attachmentCount: z.int(),
  updatedAt: z.date(),
})
export type DraftSummary = z.infer<typeof DraftSummary>

export const DraftRef = z.strictObject({ draftId: IdText })
export type DraftRef = z.infer<typeof DraftRef>

export const SaveDraftInput = z.strictObject({
  draftId: Uuid.meta({ description: 'Of a new one an id of your own making: saved twice it is there once.' }),
  revision: z.int().min(0).meta({ description: 'The revision this follows. 0: it is new.' }),
  content: DraftContent,
})
export type SaveDraftInput = z.infer<typeof SaveDraftInput>

export const AttachToDraftInput = z.strictObject({
  draftId: IdText,
  attachmentId: Uuid.meta({ description: 'An id of your own making: attached twice it is there once.' }),
  ...SendAttachment.omit({ cid: true }).shape,
})
export type AttachToDraftInput = z.infer<typeof AttachToDraftInput>

export const DetachFromDraftInput = z.strictObject({ draftId: IdText, attachmentId: IdText })
export type DetachFromDraftInput = z.infer<typeof DetachFromDraftInput>
