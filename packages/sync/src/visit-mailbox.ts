import { publishLiveNotice } from '@maildock/db'
import { MailFault, type ExaminedMailbox, type ImapSession, type UidList, type UidTail } from '@maildock/mail'
import { applyChanges } from './apply-changes.ts'
import { findOutside, findOutsideOfTail } from './find-outside.ts'
import { downloadMissing } from './ingest/download-missing.ts'
import type { Pass } from './pass.ts'
import { countAccounted, isFirstSyncDone, type MailboxCursor } from './plan/mailbox-cursor.ts'
import { planWholeFrom } from './plan/plan-downloads.ts'
import { countDrift } from './plan/plan-drift.ts'
import { planEpochChange } from './plan/plan-epoch-change.ts'
import { planMissing } from './plan/plan-missing.ts'
import { planResume, planTail, planVisit, type VisitPlan } from './plan/plan-visit.ts'
import { planLeftOut, type LeftOut } from './plan/plan-window.ts'
import { listPutOff } from './plan/plan-withheld.ts'
import { refreshFlags } from './refresh-flags.ts'
import { doubtIf, removeGone } from './remove-gone.ts'
import { moveCursor, recordEpochChange, startEpoch, type CursorChange } from './store/cursor-store.ts'
import { inPass } from './store/in-pass.ts'
import type { StoredMailbox } from './store/mailbox-store.ts'
import { countKnown, listStoredUids, listUidsOutsideWindow } from './store/placement-store.ts'
import { listWithheld } from './store/withheld-store.ts'

/** `done`: as up to date as the server told. `time_up`: there is more to do, begun where the cursor stands. */
export type WorkOutcome = 'done' | 'time_up'

/** `unchanged`: done, and all of it had been recorded before. */
export type VisitOutcome = WorkOutcome | 'unchanged'

/** UIDVALIDITY changes all the time: the mailbox is to be left alone until then. */
export class EpochsUnstable extends MailFault {
  readonly parkedUntil: Date

  constructor(parkedUntil: Date) {
    super({
      code: 'sync.uidvalidity_unstable',
      stage: 'ready',
      class: 'mailbox',
      hint: 'The mail server numbers the messages of this mailbox anew again and again. Ask its administrator.',
    })
    this.parkedUntil = parkedUntil
  }
}

/**
 * Brings one mailbox up to date: flags of what is stored, then what is missing, newest first, then what is gone. Each write is a
 * transaction that also moves the cursor, so a visit may end anywhere and the next one goes on from there.
 */
export async function visitMailbox(pass: Pass, session: ImapSession, mailbox: StoredMailbox): Promise<VisitOutcome> {
  const examined = await session.examine(mailbox.path, planResume(mailbox.cursor))
  const plan = planVisit(mailbox.cursor, examined)
  const cursor = await catchUp(pass, session, { mailbox, examined, plan })
  // A comparison believes no window: what is missing is what the server lists and the database has not.
  // Nor does a visit for more than was wanted before.
  const widened = plan.epoch === 'known' && mailbox.widened
  const comparing = plan.epoch === 'known' && mailbox.comparisonDue && !widened && isFirstSyncDone(cursor)
  const listsAll = comparing || widened || mailbox.withheldDue
  if (!listsAll && isCountProof(cursor, examined)) {
    if (!pass.recordsVisits && isRecorded(mailbox, examined)) {
      return 'unchanged'
    }
    const found = { messagesOutside: cursor.messagesOutside, outsideBefore: mailbox.outsideBefore }
    await finishVisit(pass, mailbox, { examined, found })
    return 'done'
  }
  const work = { mailbox, examined, cursor: comparing || widened ? { ...cursor, lowUid: null, highUid: null } : cursor, before: cursor }
  const tail = listsAll ? null : await listTail(session, cursor, examined)
  return tail === null ? visitAll(pass, session, { ...work, comparing }) : visitTail(pass, session, { ...work, tail })
}

interface VisitWork {
  readonly mailbox: StoredMailbox
  readonly examined: ExaminedMailbox
  readonly cursor: MailboxCursor
  /** The cursor with the window as it was: what lies above it is new, also where the window is not believed. */
  readonly before: MailboxCursor
}

/** Flags and removals the server tells by itself, or is asked for; or a new epoch. @returns the cursor from which the visit goes on */
async function catchUp(
  pass: Pass,
  session: ImapSession,
  { mailbox, examined, plan }: { mailbox: StoredMailbox; examined: ExaminedMailbox; plan: VisitPlan },
): Promise<MailboxCursor> {
  if (plan.epoch !== 'known') {
    return beginEpoch(pass, mailbox, examined)
  }
  const { cursor } = mailbox
  if (examined.changes === null || plan.flags.by !== 'told') {
    await refreshFlags(pass, session, { mailboxId: mailbox.id, storedModseq: cursor.highestModseq, examined, plan: plan.flags })
    return cursor
  }
  if (isNothingTold(examined, cursor)) {
    return cursor
  }
  const { changes, highestModseq } = examined
  const { removed, forgotten } = await applyChanges(pass, { mailboxId: mailbox.id, changes, highestModseq })
  const [messagesDone, messagesWithheld] = [cursor.messagesDone - removed, cursor.messagesWithheld - forgotten]
  return { ...cursor, highestModseq, messagesDone, messagesWithheld }
}

function isNothingTold({ changes, highestModseq }: ExaminedMailbox, cursor: MailboxCursor): boolean {
  return changes?.flags.length === 0 && changes.vanished.length === 0 && highestModseq === cursor.highestModseq
}

/** The new UIDs alone, where their number proves that all the others are known. */
async function listTail(session: ImapSession, cursor: MailboxCursor, examined: ExaminedMailbox): Promise<UidTail | null> {
  const from = planTail(cursor, examined)
  const tail = from === null ? null : await session.listUidsFrom(from)
  return tail !== null && countAccounted(cursor) + tail.uids.length === tail.exists ? tail : null
}

/** Downloads what came, and counts afterwards. */
async function visitTail(
  pass: Pass,
  session: ImapSession,
  { mailbox, examined, cursor, tail }: VisitWork & { tail: UidTail },
): Promise<WorkOutcome> {
  const list: UidList = { uids: tail.uids, complete: true }
  const older = await findOutsideOfTail(pass, session, { syncFrom: mailbox.syncFrom, uids: tail.uids })
  const missing = tail.uids.toReversed().filter((uid) => !older.has(uid))
  const messagesOutside = cursor.messagesOutside + older.size
  const outside = { messagesOutside, outsideBefore: older.size > 0 ? mailbox.syncFrom : mailbox.outsideBefore }
  await announce(pass, mailbox, { missing, change: { ...outside, messagesExpected: tail.exists - messagesOutside } })
  const { done } = await downloadMissing(pass, session, {
    mailbox,
    cursor,
    list,
    missing,
    wholeFrom: cursor.sourceLowUid,
    withheld: new Map(),
  })
  if (!done) {
    return 'time_up'
  }
  const known = await countKnown(pass.pool, { accountId: pass.accountId, mailboxId: mailbox.id })
  const difference = known + messagesOutside - tail.exists
  await doubtIf(pass, mailbox, difference)
  await finishVisit(pass, mailbox, { examined: difference === 0 ? examined : { ...examined, uidNext: null }, found: outside })
  return 'done'
}

/** Lists everything, downloads what is missing, removes what is gone. */
async function visitAll(
  pass: Pass,
  session: ImapSession,
  { mailbox, examined, cursor, before, comparing }: VisitWork & { comparing: boolean },
): Promise<WorkOutcome> {
  const list = await session.listUids()
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  // To count what is left out, what lies in the window must be known too.
  const isLimited = mailbox.syncFrom !== null
  const stored = isLimited ? new Set(await listStoredUids(pass.pool, key)) : await listUidsOutsideWindow(pass.pool, key, cursor)
  const withheld = await listWithheld(pass.pool, key)
  const held = withheld.size === 0 ? stored : new Set([...stored, ...withheld.keys()])
  const { lowUid, highUid } = cursor
  const missing = planMissing(list.uids, { lowUid, highUid, outside: stored, withheld: new Set(withheld.keys()) })
  // What could not be had was wanted when it came, and is asked for until it can.
  const unknown = missing.filter((uid) => !withheld.has(uid))
  const older = await findOutside(pass, session, { syncFrom: mailbox.syncFrom, missing: unknown, cursor: before })
  const drift = comparing && list.complete ? compare(pass, { mailbox, examined, list, older, known: held }) : 0
  const putOff = listPutOff(withheld, new Date())
  const wanted = missing.filter((uid) => !putOff.has(uid) && !older.has(uid))
  const outside = planLeftOut(before.messagesOutside, mailbox, { list, held, older, window: cursor })
  const messagesExpected = list.uids.length - outside.messagesOutside
  await announce(pass, mailbox, { missing: wanted, change: { ...outside, lowUid, highUid, messagesExpected } })
  const wholeFrom = planWholeFrom(wanted, { ...cursor, held })
  const { done } = await downloadMissing(pass, session, { mailbox, cursor, list, missing: wanted, wholeFrom, withheld })
  if (!done) {
    return 'time_up'
  }
  const difference = await removeGone(pass, mailbox, { list, messagesOutside: outside.messagesOutside })
  // With anything in doubt, UIDNEXT is not kept: equal numbers would pass for a proof that nothing is to be done.
  const settled = list.complete && difference === 0
  await finishVisit(pass, mailbox, {
    examined: settled ? examined : { ...examined, uidNext: null },
    found: { ...outside, ...(settled ? { drift } : {}) },
  })
  return 'done'
}

interface ListComparison {
  readonly mailbox: StoredMailbox
  readonly examined: ExaminedMailbox
  readonly list: UidList
  /** Left out, and no drift. */
  readonly older: ReadonlySet<number>
  readonly known: ReadonlySet<number>
}

/** @returns how many UIDs differ that should not */
function compare(pass: Pass, { mailbox, examined, list, older, known }: ListComparison): number {
  const removalsTold = examined.changes !== null && list.uids.length === examined.exists
  const listed = list.uids.filter((uid) => !older.has(uid))
  const drift = countDrift({ listed, known, uidNext: mailbox.cursor.uidNext, removalsTold })
  if (drift > 0) {
    pass.logger.warn({ mailboxId: mailbox.id, drift }, 'A comparison found messages that differ from the server; they are mended.')
  }
  return drift
}

/** UIDNEXT and the number of messages prove that nothing came and nothing went: no list is needed. */
function isCountProof(cursor: MailboxCursor, examined: ExaminedMailbox): boolean {
  return (
    isFirstSyncDone(cursor) &&
    examined.uidNext !== null &&
    examined.uidNext === cursor.uidNext &&
    examined.exists === countAccounted(cursor)
  )
}

/** All that the end of this visit would record was recorded by an earlier one. */
function isRecorded({ cursor, messagesExpected, failures }: StoredMailbox, { uidNext, highestModseq, exists }: ExaminedMailbox): boolean {
  return (
    failures === 0 &&
    uidNext === cursor.uidNext &&
    highestModseq === cursor.highestModseq &&
    messagesExpected === Math.max(0, exists - cursor.messagesOutside)
  )
}

/**
 * The first visit, or the first one after UIDVALIDITY changed. Flags are as new as this mod-sequence from here on.
 * @throws MailFault sync.uidvalidity_unstable when it changes all the time: then nothing is followed any more
 */
async function beginEpoch(pass: Pass, mailbox: StoredMailbox, examined: ExaminedMailbox): Promise<MailboxCursor> {
  const { uidValidity, highestModseq } = examined
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  const change = mailbox.cursor.uidValidity === null ? null : planEpochChange(mailbox.epochHistory, new Date())
  const isFollowed = change === null || change.parkedUntil === null
  // Counted and followed at once: a change that is counted, and found again by the next pass, would be counted twice.
  await inPass(pass, async (client) => {
    if (change !== null) {
      await recordEpochChange(client, key, change.history)
    }
    if (isFollowed) {
      await startEpoch(client, key, { uidValidity, highestModseq })
    }
  })
  if (change !== null && change.parkedUntil !== null) {
    throw new EpochsUnstable(change.parkedUntil)
  }
  if (change !== null) {
    pass.logger.info({ mailboxId: mailbox.id }, 'The UIDVALIDITY of a mailbox changed; its messages are matched anew.')
  }
  return {
    uidValidity,
    highestModseq,
    lowUid: null,
    highUid: null,
    sourceLowUid: null,
    uidNext: null,
    messagesDone: 0,
    messagesWithheld: 0,
    messagesOutside: 0,
  }
}

/** Tells how much there is to do before it begins. */
async function announce(
  pass: Pass,
  mailbox: StoredMailbox,
  { missing, change }: { readonly missing: readonly number[]; readonly change: CursorChange },
): Promise<void> {
  // Also what is left out alone: it has to be counted before the cursor passes it.
  if (missing.length === 0 && change.messagesOutside === mailbox.cursor.messagesOutside) {
    return
  }
  await inPass(pass, async (client) => {
    await moveCursor(client, { accountId: pass.accountId, mailboxId: mailbox.id }, change)
    await publishLiveNotice(client, { kind: 'progress', userId: pass.userId, accountId: pass.accountId })
  })
}

interface VisitEnd {
  readonly examined: ExaminedMailbox
  readonly found: LeftOut & { readonly drift?: number }
}

async function finishVisit(pass: Pass, mailbox: StoredMailbox, { examined, found }: VisitEnd): Promise<void> {
  const { uidNext, highestModseq, exists } = examined
  await inPass(pass, async (client) => {
    const messagesExpected = Math.max(0, exists - found.messagesOutside)
    const change = { uidNext, highestModseq, messagesExpected, visited: true, ...found }
    await moveCursor(client, { accountId: pass.accountId, mailboxId: mailbox.id }, change)
    await publishLiveNotice(client, { kind: 'progress', userId: pass.userId, accountId: pass.accountId })
  })
}
