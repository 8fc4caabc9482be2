import type { Mailbox } from '@maildock/core'
import { MAILBOX_ERROR_COLUMNS, toMailboxError, type MailboxErrorRow } from './mailbox-error.ts'

/** The columns a Mailbox is made of, beside its counts, for every statement that tells one. */
export const MAILBOX_COLUMNS = `mailbox.id, mailbox.account_id as "accountId", mailbox.path, mailbox.delimiter, mailbox.special_use as "specialUse",
  mailbox.synced, ${MAILBOX_ERROR_COLUMNS}`

export type MailboxRow = Omit<Mailbox, 'syncError'> & MailboxErrorRow

/** A mailbox as it is told. */
export function toMailbox({ errorCode, nextAttemptAt, ...mailbox }: MailboxRow): Mailbox {
  return { ...mailbox, syncError: toMailboxError({ errorCode, nextAttemptAt }) }
}
