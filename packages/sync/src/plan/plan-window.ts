import { reachesFurther } from '@maildock/core'
import type { UidList } from '@maildock/mail'
import type { MailboxCursor } from './mailbox-cursor.ts'

/** What a mailbox knows of the messages it leaves out. */
export interface LeftOut {
  /** Messages on the server, older than the window, and not stored. */
  readonly messagesOutside: number
  /** The window they were counted by. Null: there are none. */
  readonly outsideBefore: Date | null
}

/** The window reaches further back than the one the messages outside were counted by: some of them may be wanted now. */
export function isWidened({ messagesOutside, outsideBefore }: LeftOut, syncFrom: Date | null): boolean {
  return messagesOutside > 0 && reachesFurther(syncFrom, outsideBefore)
}

/** Days of `SEARCH BEFORE`, each as midnight UTC. */
export interface SearchDays {
  /** What was received before it is older than the window, without a look at its date. */
  readonly surely: Date
  /** What was not received before it is in the window. */
  readonly maybe: Date
}

/**
 * Servers compare days, each in the zone of the message (RFC 9051 section 6.4.4), or seconds by their own clock (RFC 5032): one day for the zones,
 * one for the clock.
 */
const MARGIN_DAYS = 2
const DAY_MS = 24 * 60 * 60_000

/**
 * The days between which the dates themselves decide. `oldestStored`: what is stored stays, also where the window has moved past it and the
 * message moves to another mailbox, so nothing as new as that is taken for outside unseen.
 */
export function planSearchDays(syncFrom: Date, oldestStored: Date | null): SearchDays {
  const oldest = Math.min(syncFrom.getTime(), oldestStored?.getTime() ?? Number.POSITIVE_INFINITY)
  const toDay = (days: number): Date => new Date(days * DAY_MS)
  return {
    surely: toDay(Math.floor(oldest / DAY_MS) - MARGIN_DAYS),
    maybe: toDay(Math.floor(syncFrom.getTime() / DAY_MS) + 1 + MARGIN_DAYS),
  }
}

/** By its own INTERNALDATE, to the second. One the server gives no date of is wanted: in doubt nothing is left out. */
export function isOutside(internalDate: Date | null, syncFrom: Date): boolean {
  return internalDate !== null && internalDate < syncFrom
}

/** What the server listed for each of the search days, ascending. Too few cost a look, or a message more than was wanted; never one less. */
export interface SearchedUids {
  readonly surely: readonly number[]
  readonly maybe: readonly number[]
}

export interface WindowSplit {
  /** Have to show their dates. */
  readonly look: readonly number[]
  /** Older than the window, by the server's word. */
  readonly older: readonly number[]
}

/**
 * Splits the missing messages, newest first; what is in neither list is wanted. Above `highUid` all that may be older have to show their dates: they
 * are new here, and one of them may be a stored message that was moved.
 */
export function planLook(missing: readonly number[], { surely, maybe }: SearchedUids, highUid: number | null): WindowSplit {
  const newAbove = highUid ?? Number.POSITIVE_INFINITY
  const [isSure, mayBe] = [followDown(surely), followDown(maybe)]
  const look: number[] = []
  const older: number[] = []
  for (const uid of missing) {
    const sure = isSure(uid)
    if (sure ? uid > newAbove : mayBe(uid)) {
      look.push(uid)
    } else if (sure) {
      older.push(uid)
    }
  }
  return { look, older }
}

/** Tells which UIDs a list has, asked from the highest down: a million of them in a Set would cost a second and 50 MB. */
function followDown(ascending: readonly number[]): (uid: number) => boolean {
  let index = ascending.length - 1
  return (uid) => {
    while ((ascending[index] ?? 0) > uid) {
      index -= 1
    }
    return ascending[index] === uid
  }
}

/** A list, and what a visit makes of it. */
export interface SortedList {
  readonly list: UidList
  /** Stored or withheld. */
  readonly held: ReadonlySet<number>
  /** Found to be older in this visit, by the server's word or by their dates. */
  readonly older: ReadonlySet<number>
  /** The cursor's window as the visit believes it: what is in it was looked at before. */
  readonly window: Pick<MailboxCursor, 'lowUid' | 'highUid'>
}

/**
 * What is left out from now on: what was found to be older now, or in an earlier visit; of the latter no more than was counted then, so that a
 * message that was lost is not taken for one that was left out. A list that is not complete tells nothing new.
 */
export function planLeftOut(
  counted: number,
  { syncFrom, outsideBefore }: { readonly syncFrom: Date | null; readonly outsideBefore: Date | null },
  sorted: SortedList,
): LeftOut {
  if (syncFrom === null) {
    return { messagesOutside: 0, outsideBefore: null }
  }
  return sorted.list.complete
    ? { messagesOutside: sorted.older.size + Math.min(countPassed(sorted), counted), outsideBefore: syncFrom }
    : { messagesOutside: counted, outsideBefore }
}

/** In the window, and not held. */
function countPassed({ list, held, window: { lowUid, highUid } }: SortedList): number {
  if (lowUid === null || highUid === null) {
    return 0
  }
  return list.uids.reduce((passed, uid) => (uid >= lowUid && uid <= highUid && !held.has(uid) ? passed + 1 : passed), 0)
}
