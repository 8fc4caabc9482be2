import type { Account, Mailbox, SyncProgress } from '@maildock/client'
import { mailboxErrorOf } from './mailbox-error.ts'

/** Why a list of messages is empty. Each has its own words and, where there is one, its own way out. */
export type EmptyListReason =
  /** The mailbox is not there any more, or never was. */
  | { readonly kind: 'no_mailbox' }
  /** The user does not want it synchronised, and nothing of it was stored before. */
  | { readonly kind: 'left_out' }
  /** The account cannot be read; why, its own notice tells. `readAt` null: it never could be. */
  | { readonly kind: 'account_error'; readonly readAt: Date | null }
  | { readonly kind: 'mailbox_error'; readonly error: NonNullable<Mailbox['syncError']> }
  /** Mail is still to come: so many messages, or 0 while that is not known. */
  | { readonly kind: 'arriving'; readonly messagesExpected: number }
  /** Nothing since then, and older mail is not wanted. */
  | { readonly kind: 'window'; readonly syncFrom: Date }
  | { readonly kind: 'empty' }

export interface EmptyList {
  readonly account: Pick<Account, 'syncStatus' | 'lastSyncedAt' | 'syncFrom'>
  /** All of the account's. None: they are not listed yet. */
  readonly mailboxes: readonly Mailbox[]
  /** The one that is shown; undefined: it is not among them. */
  readonly mailbox: Mailbox | undefined
  /** Of the account. It is newer than what the mailboxes tell of themselves. */
  readonly progress: SyncProgress | undefined
}

const NOTHING_KNOWN = { messagesDone: 0, messagesExpected: 0 }

/**
 * The reason an empty list of messages is empty: what the user chose before what is wrong, that before what is still to come. That there is nothing
 * is only said of a mailbox that could be looked at.
 */
export function explainEmptyList({ account, mailboxes, mailbox, progress }: EmptyList): EmptyListReason {
  if (mailbox === undefined && mailboxes.length > 0) return { kind: 'no_mailbox' }
  if (mailbox?.synced === false) return { kind: 'left_out' }
  if (account.syncStatus === 'error') return { kind: 'account_error', readAt: account.lastSyncedAt }
  if (mailbox === undefined) return { kind: 'arriving', messagesExpected: 0 }
  const error = mailboxErrorOf(mailbox, progress)
  if (error !== null) return { kind: 'mailbox_error', error }
  const { messagesDone, messagesExpected } = progress?.mailboxes.find(({ mailboxId }) => mailboxId === mailbox.id) ?? NOTHING_KNOWN
  if (account.lastSyncedAt === null || messagesDone < messagesExpected) return { kind: 'arriving', messagesExpected }
  return account.syncFrom === null ? { kind: 'empty' } : { kind: 'window', syncFrom: account.syncFrom }
}
