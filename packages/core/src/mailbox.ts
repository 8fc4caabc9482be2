import { z } from 'zod'
import { IdText, Uuid } from './ids.ts'

/** What a mailbox is for (RFC 6154), INBOX included. */
export const SpecialUse = z.enum(['\\Inbox', '\\All', '\\Archive', '\\Drafts', '\\Flagged', '\\Junk', '\\Sent', '\\Trash', '\\Important'])
export type SpecialUse = z.infer<typeof SpecialUse>

/** Why a mailbox cannot be read at the moment. The others of its account are kept up to date. */
export const MailboxError = z.object({
  code: z.string().meta({ description: 'A code of the error catalogue.', examples: ['sync.permission_denied'] }),
  message: z.string(),
  nextAttemptAt: z.date().nullable().meta({ description: 'Null: with the next sync.' }),
})
export type MailboxError = z.infer<typeof MailboxError>

/** A mailbox of an account as synced. Counts are messages. */
export const Mailbox = z.object({
  id: Uuid,
  accountId: Uuid,
  path: z.string(),
  delimiter: z.string().nullable(),
  specialUse: SpecialUse.nullable(),
  messagesTotal: z.int().nonnegative(),
  messagesUnseen: z.int().nonnegative(),
  synced: z.boolean().meta({ description: 'False: it is left out of the sync; what was stored before stays.' }),
  syncError: MailboxError.nullable(),
})
export type Mailbox = z.infer<typeof Mailbox>

/** Chooses whether a mailbox is synchronised. INBOX always is. */
export const UpdateMailboxInput = z.strictObject({
  accountId: IdText,
  id: IdText,
  synced: z.boolean().meta({ description: 'False: leave it out of the sync. True: go on where it stands.' }),
})
export type UpdateMailboxInput = z.infer<typeof UpdateMailboxInput>

/** Progress of one mailbox in the current or last pass: `messagesDone` of `messagesExpected` are stored. */
export const MailboxProgress = z.object({
  mailboxId: Uuid,
  path: z.string(),
  messagesDone: z.int().nonnegative(),
  messagesExpected: z.int().nonnegative(),
  syncError: MailboxError.nullable(),
})
export type MailboxProgress = z.infer<typeof MailboxProgress>

/** Progress of an account. Sums over its mailboxes, those left out excepted, in sync order: INBOX first. */
export const SyncProgress = z.object({
  accountId: Uuid,
  messagesDone: z.int().nonnegative(),
  messagesExpected: z.int().nonnegative(),
  mailboxes: z.array(MailboxProgress),
})
export type SyncProgress = z.infer<typeof SyncProgress>
