import type { UidList } from '@maildock/mail'

/**
 * UIDs that are stored and not on the server any more. Only a complete list proves it: one that ended with OK, is as long as the
 * mailbox, and belongs to the same epoch (the caller sees to that). Anything less removes nothing (faults A14, A16).
 */
export function planRemovals(stored: readonly number[], list: UidList): number[] {
  if (!list.complete) {
    return []
  }
  const listed = new Set(list.uids)
  return stored.filter((uid) => !listed.has(uid))
}
