import type { ExaminedMailbox, KnownState, MailboxStatus } from '@maildock/mail'
import { countAccounted, isFirstSyncDone, type MailboxCursor } from './mailbox-cursor.ts'

/**
 * Whether STATUS proves that there is nothing to do, so that the mailbox need not be opened: same epoch, same UIDNEXT, as many
 * messages as are accounted for, and the same mod-sequence. Without mod-sequences flags may have changed unseen: then it is opened.
 */
export function isUnchanged(cursor: MailboxCursor, status: MailboxStatus | null): boolean {
  return (
    status !== null &&
    isFirstSyncDone(cursor) &&
    cursor.uidValidity !== null &&
    status.uidValidity === cursor.uidValidity &&
    status.uidNext !== undefined &&
    status.uidNext === cursor.uidNext &&
    status.messages === countAccounted(cursor) &&
    status.highestModseq !== undefined &&
    status.highestModseq > 0n &&
    status.highestModseq === cursor.highestModseq
  )
}

/** What a server with QRESYNC may go on from; null: nothing is stored that could have changed, or its mod-sequence is not known. */
export function planResume({ uidValidity, highestModseq, messagesDone, messagesWithheld }: MailboxCursor): KnownState | null {
  const isKnown = uidValidity !== null && uidValidity > 0n && highestModseq !== null && highestModseq > 0n
  return isKnown && messagesDone + messagesWithheld > 0 ? { uidValidity, highestModseq } : null
}

/** Where the UIDs begin that are new since the last visit, if all the others are known; null: that cannot be told. */
export function planTail(cursor: MailboxCursor, { uidNext }: ExaminedMailbox): number | null {
  const { highUid } = cursor
  const isSettled = isFirstSyncDone(cursor) && cursor.uidNext !== null && uidNext !== null && uidNext >= cursor.uidNext
  return isSettled ? Math.max(cursor.uidNext, (highUid ?? 0) + 1) : null
}

export interface VisitPlan {
  /** `first`: never visited. `new_epoch`: UIDVALIDITY changed, no stored UID means anything any more. `known`: go on. */
  readonly epoch: 'first' | 'new_epoch' | 'known'
  /**
   * How flag changes of stored messages are found. `none`: there cannot be any. `changed_since`: by mod-sequence (RFC 7162).
   * `compare`: all flags are listed and compared. `told`: the server told them on opening (QRESYNC).
   */
  readonly flags: { readonly by: 'none' | 'compare' | 'told' } | { readonly by: 'changed_since'; readonly modseq: bigint }
}

/** What a visit of an opened mailbox has to do. */
export function planVisit(cursor: MailboxCursor, examined: ExaminedMailbox): VisitPlan {
  if (cursor.uidValidity === null) {
    return { epoch: 'first', flags: { by: 'none' } }
  }
  if (cursor.uidValidity !== examined.uidValidity) {
    return { epoch: 'new_epoch', flags: { by: 'none' } }
  }
  if (cursor.messagesDone === 0) {
    return { epoch: 'known', flags: { by: 'none' } }
  }
  if (examined.changes !== null) {
    return { epoch: 'known', flags: { by: 'told' } }
  }
  return { epoch: 'known', flags: planFlags(cursor.highestModseq, examined.highestModseq) }
}

function planFlags(stored: bigint | null, now: bigint | null): VisitPlan['flags'] {
  if (stored === null || now === null || now < stored || stored === 0n) {
    // No mod-sequences, or they went backwards: a restored server. Believe what it lists.
    return { by: 'compare' }
  }
  return now === stored ? { by: 'none' } : { by: 'changed_since', modseq: stored }
}
