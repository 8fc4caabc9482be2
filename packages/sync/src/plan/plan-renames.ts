import type { MailboxList, MailboxStatus } from '@maildock/mail'
import type { MailboxCursor } from './mailbox-cursor.ts'
import type { KnownMailbox } from './plan-mailbox-list.ts'

/** A stored mailbox that may be the one the server now lists under another name. */
export interface RenameCandidate {
  readonly mailboxId: string
  readonly from: string
  readonly to: string
}

export type RenamableMailbox = KnownMailbox & { readonly cursor: Pick<MailboxCursor, 'uidValidity' | 'messagesDone' | 'uidNext'> }

/** More than anybody renames between two passes. Each one is proved by opening a mailbox. */
const MAX_CANDIDATES = 100

/** Names the server lists and nothing is stored under, or only what is gone. */
export function listNewPaths(list: MailboxList, known: readonly KnownMailbox[]): string[] {
  const live = new Set(known.filter(({ gone }) => !gone).map(({ path }) => path))
  return list.mailboxes.filter(({ path, selectable }) => selectable && !live.has(path)).map(({ path }) => path)
}

/**
 * Pairs new names with mailboxes that are not found under theirs any more, or have become another one there. RENAME keeps UIDVALIDITY and
 * UIDs (RFC 9051 section 6.3.6), but equal UIDVALIDITY proves nothing: some servers give the same one to all. So these are candidates,
 * to be proved by what is in them. A mailbox with nothing stored is none: there is nothing to keep.
 */
export function planRenames(
  list: MailboxList,
  known: readonly RenamableMailbox[],
  statuses: ReadonlyMap<string, MailboxStatus>,
): RenameCandidate[] {
  if (!list.complete) {
    return []
  }
  const listed = new Set(list.mailboxes.map(({ path }) => path))
  const lost = known.filter(({ gone, path, cursor }) => {
    const now = statuses.get(path)?.uidValidity
    const isAnother = now !== undefined && now !== cursor.uidValidity
    return !gone && path !== 'INBOX' && cursor.uidValidity !== null && cursor.messagesDone > 0 && (!listed.has(path) || isAnother)
  })
  const candidates = listNewPaths(list, known).flatMap((to) => {
    const status = statuses.get(to)
    return lost.filter(({ cursor }) => mayBe(cursor, status)).map(({ id, path }) => ({ mailboxId: id, from: path, to }))
  })
  return candidates.slice(0, MAX_CANDIDATES)
}

function mayBe(cursor: RenamableMailbox['cursor'], status: MailboxStatus | undefined): boolean {
  return status?.uidValidity === cursor.uidValidity && (status?.uidNext ?? 0) >= (cursor.uidNext ?? 0)
}

/** What names a message without its source. */
export interface Likeness {
  readonly uid: number
  readonly sizeOctets: number
  readonly internalDate: Date | null
}

/**
 * Whether a mailbox is the stored one: messages of the same UIDs have the same size and date, and at least one of them is still there.
 * One that differs disproves it.
 */
export function isSameMailbox(stored: readonly Likeness[], found: readonly Likeness[]): boolean {
  const byUid = new Map(stored.map((message) => [message.uid, message]))
  const common = found.flatMap((message) => {
    const before = byUid.get(message.uid)
    return before === undefined ? [] : [before.sizeOctets === message.sizeOctets && isSameTime(before.internalDate, message.internalDate)]
  })
  return common.length > 0 && common.every(Boolean)
}

/** A server that gives no date has none to compare. */
function isSameTime(before: Date | null, now: Date | null): boolean {
  return now === null || before?.getTime() === now.getTime()
}
