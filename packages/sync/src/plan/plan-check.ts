import type { MailboxList } from '@maildock/mail'
import type { StoredMailbox } from '../store/mailbox-store.ts'
import { isWanted } from './is-wanted.ts'
import { lacksSources } from './mailbox-cursor.ts'
import { isUnchanged } from './plan-visit.ts'

/**
 * Whether a list of mailboxes with their STATUS proves that a pass would find nothing to do: the same mailboxes, each unchanged since its last
 * finished visit, every source there, nothing put off that is due, nothing that failed. What is left out does not count. Where it proves nothing the answer is no, and a pass finds out.
 */
export function provesUpToDate(list: MailboxList, stored: readonly StoredMailbox[]): boolean {
  const present = stored.filter(({ gone }) => !gone)
  const listed = new Map(list.mailboxes.map((mailbox) => [mailbox.path, mailbox]))
  return (
    list.complete &&
    present.length === listed.size &&
    present.every((mailbox) => {
      const now = listed.get(mailbox.path)
      return now !== undefined && isSameListing(mailbox, now) && (!isWanted(mailbox) || isSettled(mailbox, now.status))
    })
  )
}

function isSameListing(mailbox: StoredMailbox, now: MailboxList['mailboxes'][number]): boolean {
  return now.selectable === mailbox.selectable && now.specialUse === mailbox.specialUse
}

function isSettled(mailbox: StoredMailbox, status: MailboxList['mailboxes'][number]['status']): boolean {
  const { errorCode, parked, withheldDue, comparisonDue, widened, cursor } = mailbox
  const isDue = withheldDue || comparisonDue || widened || lacksSources(cursor)
  return errorCode === null && !parked && !isDue && isUnchanged(cursor, status)
}
