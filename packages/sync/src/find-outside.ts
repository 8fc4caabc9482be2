import type { ImapSession } from '@maildock/mail'
import type { Pass } from './pass.ts'
import { isFirstSyncDone, type MailboxCursor } from './plan/mailbox-cursor.ts'
import { isOutside, planLook, planSearchDays, type SearchedUids } from './plan/plan-window.ts'
import { findAlike, findOldestStored } from './store/window-store.ts'

/** Messages whose dates are asked for at once. */
const CHUNK = 500

export interface WindowQuestion {
  /** Null: everything is wanted. */
  readonly syncFrom: Date | null
  /** Messages that would be downloaded, newest first. */
  readonly missing: readonly number[]
  /** As it was when the visit began. */
  readonly cursor: Pick<MailboxCursor, 'lowUid' | 'highUid'>
}

/**
 * Which of the missing messages are older than what is wanted, and are not to be downloaded (ADR 0020). The server's search tells most of them;
 * around the window, and of what is new, the dates decide. One that looks like a stored message is wanted: it was moved.
 */
export async function findOutside(pass: Pass, session: ImapSession, question: WindowQuestion): Promise<ReadonlySet<number>> {
  const { syncFrom, missing, cursor } = question
  if (syncFrom === null || missing.length === 0) {
    return new Set()
  }
  // What is stored stays. Until the mailbox is known, any of its messages may be a stored one that was moved, or numbered anew.
  const oldestStored = isFirstSyncDone(cursor) ? null : await findOldestStored(pass.pool, pass.accountId)
  const searched = await searchOlder(session, syncFrom, { oldestStored, missing })
  const { look, older } = planLook(missing, searched, cursor.highUid)
  return lookAtDates(pass, session, { uids: look, syncFrom, older: new Set(older) })
}

/** The same of a few new messages: no search is worth it. */
export async function findOutsideOfTail(
  pass: Pass,
  session: ImapSession,
  { syncFrom, uids }: { readonly syncFrom: Date | null; readonly uids: readonly number[] },
): Promise<ReadonlySet<number>> {
  return syncFrom === null ? new Set() : lookAtDates(pass, session, { uids, syncFrom, older: new Set() })
}

/** A server that refuses to search has all dates looked at. */
async function searchOlder(
  session: ImapSession,
  syncFrom: Date,
  { oldestStored, missing }: { readonly oldestStored: Date | null; readonly missing: readonly number[] },
): Promise<SearchedUids> {
  const days = planSearchDays(syncFrom, oldestStored)
  const surely = await session.listUidsBefore(days.surely)
  const maybe = await session.listUidsBefore(days.maybe)
  return { surely: surely ?? [], maybe: maybe ?? missing.toReversed() }
}

/** @returns `older`, to which is added what is older by its date */
async function lookAtDates(
  pass: Pass,
  session: ImapSession,
  { uids, syncFrom, older }: { readonly uids: readonly number[]; readonly syncFrom: Date; readonly older: Set<number> },
): Promise<ReadonlySet<number>> {
  for (let start = 0; start < uids.length; start += CHUNK) {
    const attributes = await session.fetchAttributes(uids.slice(start, start + CHUNK))
    const outside = attributes.filter(({ internalDate }) => isOutside(internalDate, syncFrom))
    const alike = await findAlike(pass.pool, pass.accountId, outside)
    for (const { uid } of outside) {
      if (!alike.has(uid)) {
        older.add(uid)
      }
    }
  }
  return older
}
