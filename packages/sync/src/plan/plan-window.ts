import { reachesFurther } from '@maildock/core'
import type { MailboxCursor } from './mailbox-cursor.ts'

/** What a mailbox knows of the messages it leaves out. */
export interface OutsideState {
  /** Messages on the server, older than the window, and not stored. */
  readonly messagesOutside: number
  /** The window they were counted by. Null: there are none. */
  readonly outsideBefore: Date | null
}

/** The window reaches further back than the one the messages outside were counted by: some of them may be wanted now. */
export function isWidened({ messagesOutside, outsideBefore }: OutsideState, syncFrom: Date | null): boolean {
  return messagesOutside > 0 && reachesFurther(syncFrom, outsideBefore)
}

/** Days between the window and what is believed to lie before it without a look at its INTERNALDATE. */
const MARGIN_DAYS = 2
const DAY_MS = 24 * 60 * 60_000

/**
 * The day of `SEARCH BEFORE`, as midnight UTC. Servers compare days, each in the zone of the message (RFC 9051 section 6.4.4), or seconds by
 * their own clock (RFC 5032): one day for the zones, one for the clock. `oldestStored`: messages that are stored stay, also where the window
 * has moved past them, so they must not be taken for outside unseen.
 */
export function planSearchDay(syncFrom: Date, oldestStored: Date | null): Date {
  const moment = Math.min(syncFrom.getTime(), oldestStored?.getTime() ?? Number.POSITIVE_INFINITY)
  return new Date((Math.floor(moment / DAY_MS) - MARGIN_DAYS) * DAY_MS)
}

/** By its own INTERNALDATE, to the second. One the server gives no date of is wanted: in doubt nothing is left out. */
export function isOutside(internalDate: Date | null, syncFrom: Date | null): boolean {
  return syncFrom !== null && internalDate !== null && internalDate < syncFrom
}

export interface SearchedList {
  readonly listed: readonly number[]
  /** What the server says it received before that day. Too few cost a look at their dates; that is why it is asked for these. */
  readonly before: ReadonlySet<number>
  /** UIDs above are new: nobody has looked at their dates, and a stored message may have been moved here. */
  readonly highUid: number | null
}

/** UIDs that may lie in the window, in the order of the list. */
export function planCandidates({ listed, before, highUid }: SearchedList): number[] {
  const newAbove = highUid ?? Number.POSITIVE_INFINITY
  return listed.filter((uid) => uid > newAbove || !before.has(uid))
}

export interface OutsideCount {
  readonly listed: readonly number[]
  /** Stored or withheld. */
  readonly held: ReadonlySet<number>
  readonly before: ReadonlySet<number>
  /** Found to be older by their dates, in this visit. */
  readonly rejected: ReadonlySet<number>
  /** The cursor's window as the visit believed it: what is in it was dealt with before. */
  readonly window: Pick<MailboxCursor, 'lowUid' | 'highUid'>
  /** Messages that were known to be outside when the visit began. */
  readonly counted: number
}

/**
 * UIDs that are outside for a reason: the server says so, their dates do, or they were looked at in an earlier visit; of the latter no more than
 * were counted then. What is listed, and neither held nor among these, is a fault.
 */
export function listOutside({ listed, held, before, rejected, window, counted }: OutsideCount): Set<number> {
  const { lowUid, highUid } = window
  const isPassed = (uid: number): boolean => lowUid !== null && highUid !== null && uid >= lowUid && uid <= highUid
  const absent = listed.filter((uid) => !held.has(uid))
  const proved = absent.filter((uid) => before.has(uid) || rejected.has(uid))
  const believed = absent.filter((uid) => !before.has(uid) && !rejected.has(uid) && isPassed(uid))
  return new Set([...proved, ...believed.slice(0, Math.max(0, counted))])
}
