import { z } from 'zod'
import { Uuid } from './ids.ts'

/** What a mailbox is for (RFC 6154), INBOX included. */
export const SpecialUse = z.enum(['\\Inbox', '\\All', '\\Archive', '\\Drafts', '\\Flagged', '\\Junk', '\\Sent', '\\Trash', '\\Important'])
export type SpecialUse = z.infer<typeof SpecialUse>

/** A mailbox of an account as synced. Counts are messages. */
export const Mailbox = z.object({
  id: Uuid,
  accountId: Uuid,
  path: z.string(),
  delimiter: z.string().nullable(),
  specialUse: SpecialUse.nullable(),
  messagesTotal: z.int().nonnegative(),
  messagesUnseen: z.int().nonnegative(),
})
export type Mailbox = z.infer<typeof Mailbox>

/** Progress of one mailbox in the current or last pass: `messagesDone` of `messagesExpected` are stored. */
export const MailboxProgress = z.object({
  mailboxId: Uuid,
  path: z.string(),
  messagesDone: z.int().nonnegative(),
  messagesExpected: z.int().nonnegative(),
})
export type MailboxProgress = z.infer<typeof MailboxProgress>

/** Progress of an account. Sums over its mailboxes, which are in sync order: INBOX first. */
export const SyncProgress = z.object({
  accountId: Uuid,
  messagesDone: z.int().nonnegative(),
  messagesExpected: z.int().nonnegative(),
  mailboxes: z.array(MailboxProgress),
})
export type SyncProgress = z.infer<typeof SyncProgress>
