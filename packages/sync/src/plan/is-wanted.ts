import type { StoredMailbox } from '../store/mailbox-store.ts'

/** A mailbox to be kept up to date: the server has it, it can be opened, and the user has not left it out. */
export function isWanted({ gone, selectable, synced }: Pick<StoredMailbox, 'gone' | 'selectable' | 'synced'>): boolean {
  return selectable && !gone && synced
}
