import type { MailboxList, MailboxListing } from '@maildock/mail'
import { orderMailboxes } from './mailbox-order.ts'

/** A mailbox as it is stored, as far as the list concerns it. */
export interface KnownMailbox {
  readonly id: string
  readonly path: string
  /** Marked as not on the server any more. */
  readonly gone: boolean
}

export interface PlannedMailbox extends MailboxListing {
  /** Null: not stored yet. */
  readonly id: string | null
  readonly syncOrder: number
}

export interface MailboxListPlan {
  /** What the server has, in the order of synchronisation, to be stored. */
  readonly present: readonly PlannedMailbox[]
  /** Ids of mailboxes that are not on the server any more. Empty unless the list is complete: an absence proves nothing otherwise. */
  readonly gone: readonly string[]
}

/**
 * Compares the server's mailboxes with the stored ones. A mailbox is its path; one that comes back is the one that was. Nothing is
 * concluded from an empty or incomplete list (faults A18, A19).
 */
export function planMailboxList(list: MailboxList, known: readonly KnownMailbox[]): MailboxListPlan {
  const idByPath = new Map(known.map((mailbox) => [mailbox.path, mailbox.id]))
  const present = orderMailboxes(list.mailboxes).map((listing, syncOrder) => ({
    ...listing,
    id: idByPath.get(listing.path) ?? null,
    syncOrder,
  }))
  const paths = new Set(list.mailboxes.map((listing) => listing.path))
  const gone = list.complete ? known.filter((mailbox) => !mailbox.gone && !paths.has(mailbox.path)).map((mailbox) => mailbox.id) : []
  return { present, gone }
}
