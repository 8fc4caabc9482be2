import type { MailboxCursor } from './mailbox-cursor.ts'

/** What is known to be stored: the window of the cursor, and single UIDs outside of it. */
export interface StoredUids {
  readonly lowUid: number | null
  readonly highUid: number | null
  readonly outside: ReadonlySet<number>
  /** Known, and not stored, wherever they are. */
  readonly withheld?: ReadonlySet<number>
}

/**
 * UIDs the server lists and we do not have, newest first. What arrived since the last visit comes before what is still missing of
 * the first synchronisation, because it is newer.
 */
export function planMissing(listed: readonly number[], stored: StoredUids): number[] {
  const { lowUid, highUid, outside, withheld } = stored
  const inWindow = (uid: number): boolean => lowUid !== null && highUid !== null && uid >= lowUid && uid <= highUid
  return listed
    .filter((uid) => withheld?.has(uid) === true || (!inWindow(uid) && !outside.has(uid)))
    .toSorted((left, right) => right - left)
}

/**
 * The window after a batch was stored, given what is still missing (newest first). It only ever grows, and only over UIDs that are
 * stored: its upper end is the highest UID that was listed, never a UIDNEXT or anything heard later (faults A5, A8).
 */
export function advanceWindow(
  window: Pick<MailboxCursor, 'lowUid' | 'highUid'>,
  highestListed: number,
  missing: readonly number[],
): Pick<MailboxCursor, 'lowUid' | 'highUid'> {
  const highUid = Math.max(window.highUid ?? 0, highestListed)
  const next = missing[0]
  if (next === undefined) {
    return { lowUid: 1, highUid }
  }
  const { lowUid } = window
  if (lowUid === null) {
    // Nothing above `next` is missing. While the very newest is, there is no window yet.
    return next >= highestListed ? { lowUid: null, highUid: null } : { lowUid: next + 1, highUid }
  }
  return next < lowUid ? { lowUid: next + 1, highUid } : { lowUid, highUid: window.highUid }
}
