/**
 * How far a mailbox is synchronised. Every message the server listed with a UID from `lowUid` up to `highUid` is stored, kept as
 * withheld, or older than what is wanted; there may be more outside. Newest first: `lowUid` falls to 1. Nulls: nothing was done yet.
 */
export interface MailboxCursor {
  /** The epoch the UIDs belong to (RFC 9051 section 2.3.1.1). */
  readonly uidValidity: bigint | null
  readonly lowUid: number | null
  readonly highUid: number | null
  /** Everything stored from this UID on is stored whole; below, by its header only. Null: everything that is stored so far is whole. */
  readonly sourceLowUid: number | null
  /** UIDNEXT as of the last finished visit. */
  readonly uidNext: number | null
  /** Every flag change up to this mod-sequence is stored. */
  readonly highestModseq: bigint | null
  /** Messages stored of this epoch. */
  readonly messagesDone: number
  /** Messages of this epoch that are known and could not be had. */
  readonly messagesWithheld: number
  /** Messages of this epoch that are older than what is wanted, and not stored (ADR 0020). */
  readonly messagesOutside: number
}

/** Messages the server had when the mailbox was last brought up to date, but for what it said is gone. */
export function countAccounted({ messagesDone, messagesWithheld, messagesOutside }: MailboxCursor): number {
  return messagesDone + messagesWithheld + messagesOutside
}

/** Everything the server listed is stored, withheld, or outside. */
export function isFirstSyncDone(cursor: Pick<MailboxCursor, 'lowUid'>): boolean {
  return cursor.lowUid === 1
}

/** Whether messages of the mailbox are listed whose sources were not fetched yet. */
export function lacksSources({ sourceLowUid, uidValidity }: MailboxCursor): boolean {
  return uidValidity !== null && sourceLowUid !== null && sourceLowUid > 1
}
