import type { Mailbox, SyncProgress } from '@maildock/client'

/** Why a mailbox cannot be read at the moment, or null. Progress comes with each change, and knows it before the list of mailboxes is read again. */
export function mailboxErrorOf({ id, syncError }: Mailbox, progress: SyncProgress | undefined): Mailbox['syncError'] {
  const current = progress?.mailboxes.find(({ mailboxId }) => mailboxId === id)
  return current === undefined ? syncError : current.syncError
}
