import { z } from 'zod'
import { EmailAddress } from './email-address.ts'

/** Why an address is suppressed. bounce: mail to it came back for good. complaint: its reader complained. manual: the user wants it so. */
export const SuppressionReason = z.enum(['bounce', 'complaint', 'manual'])
export type SuppressionReason = z.infer<typeof SuppressionReason>

/** An address that a user's mail is not sent to, from whichever account. */
export const Suppression = z.object({
  email: z.string(),
  reason: SuppressionReason,
  messageId: z.string().nullable().meta({ description: 'The message it came back from. Null: of no message.' }),
  detail: z.string().nullable().meta({ description: 'The words of who reported it.' }),
  createdAt: z.date(),
})
export type Suppression = z.infer<typeof Suppression>

export const ListSuppressionsInput = z.strictObject({
  search: z.string().max(254).optional().meta({ description: 'Only addresses this is part of.' }),
  cursor: z.string().max(200).optional(),
  limit: z.int().min(1).max(100).default(50),
})
export type ListSuppressionsInput = z.input<typeof ListSuppressionsInput>

export const SuppressionPage = z.object({ suppressions: z.array(Suppression), nextCursor: z.string().nullable() })
export type SuppressionPage = z.infer<typeof SuppressionPage>

/** An address to be suppressed. */
export const AddSuppressionInput = z.strictObject({ email: EmailAddress })
export type AddSuppressionInput = z.infer<typeof AddSuppressionInput>

/** A suppressed address, in any spelling that means the same. */
export const SuppressionRef = z.strictObject({ email: z.string().max(320).meta({ description: 'The address.' }) })
export type SuppressionRef = z.infer<typeof SuppressionRef>
