import { publishLiveNotice } from '@maildock/db'
import { MailFault, type ExaminedMailbox, type ImapSession, type UidList, type UidTail } from '@maildock/mail'
import { applyChanges } from './apply-changes.ts'
import { downloadMissing } from './ingest/download-missing.ts'
import type { Pass } from './pass.ts'
import { isFirstSyncDone, type MailboxCursor } from './plan/mailbox-cursor.ts'
import { countDrift } from './plan/plan-drift.ts'
import { planEpochChange } from './plan/plan-epoch-change.ts'
import { planMissing } from './plan/plan-missing.ts'
import { planRemovals } from './plan/plan-removals.ts'
import { planResume, planTail, planVisit, type VisitPlan } from './plan/plan-visit.ts'
import { listPutOff } from './plan/plan-withheld.ts'
import { refreshFlags } from './refresh-flags.ts'
import { inPass } from './store/in-pass.ts'
import { moveCursor, recordEpochChange, startEpoch, type StoredMailbox } from './store/mailbox-store.ts'
import {
  countKnown,
  listStoredUids,
  listUidsOutsideWindow,
  removeEndedEpochs,
  removePlacements,
  type MailboxKey,
} from './store/placement-store.ts'
import { forgetWithheld, listWithheld } from './store/withheld-store.ts'

/** `done`: as up to date as the server told. `time_up`: there is more to do, begun where the cursor stands. */
export type VisitOutcome = 'done' | 'time_up'

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

/** Placements removed in one transaction. */
const REMOVAL_CHUNK = 5_000

/**
 * Brings one mailbox up to date: flags of what is stored, then what is missing, newest first, then what is gone. Each write is a
 * transaction that also moves the cursor, so a visit may end anywhere and the next one goes on from there.
 */
export async function visitMailbox(pass: Pass, session: ImapSession, mailbox: StoredMailbox): Promise<VisitOutcome> {
  const examined = await session.examine(mailbox.path, planResume(mailbox.cursor))
  const plan = planVisit(mailbox.cursor, examined)
  const cursor = await catchUp(pass, session, { mailbox, examined, plan })
  // A comparison believes no window: what is missing is what the server lists and the database has not.
  const comparing = plan.epoch === 'known' && mailbox.comparisonDue && isFirstSyncDone(cursor)
  if (!comparing && !mailbox.withheldDue && isCountProof(cursor, examined)) {
    await finishVisit(pass, mailbox, examined, {})
    return 'done'
  }
  const work = { mailbox, examined, cursor: comparing ? { ...cursor, lowUid: null, highUid: null } : cursor }
  const tail = comparing || mailbox.withheldDue ? null : await listTail(session, cursor, examined)
  return tail === null ? visitAll(pass, session, { ...work, comparing }) : visitTail(pass, session, { ...work, tail })
}

interface VisitWork {
  readonly mailbox: StoredMailbox
  readonly examined: ExaminedMailbox
  readonly cursor: MailboxCursor
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
    await refreshFlags(pass, session, { mailboxId: mailbox.id, examined, plan: plan.flags })
    return cursor
  }
  const { changes, highestModseq } = examined
  const { removed, forgotten } = await applyChanges(pass, { mailboxId: mailbox.id, changes, highestModseq })
  const [messagesDone, messagesWithheld] = [cursor.messagesDone - removed, cursor.messagesWithheld - forgotten]
  return { ...cursor, highestModseq, messagesDone, messagesWithheld }
}

/** The new UIDs alone, where their number proves that all the others are known. */
async function listTail(session: ImapSession, cursor: MailboxCursor, examined: ExaminedMailbox): Promise<UidTail | null> {
  const from = planTail(cursor, examined)
  const tail = from === null ? null : await session.listUidsFrom(from)
  return tail !== null && cursor.messagesDone + cursor.messagesWithheld + tail.uids.length === tail.exists ? tail : null
}

/** Downloads what came, and counts afterwards. */
async function visitTail(
  pass: Pass,
  session: ImapSession,
  { mailbox, examined, cursor, tail }: VisitWork & { tail: UidTail },
): Promise<VisitOutcome> {
  const list: UidList = { uids: tail.uids, complete: true }
  const missing = tail.uids.toReversed()
  await announce(pass, mailbox, tail.exists, missing)
  const { done } = await downloadMissing(pass, session, { mailbox, cursor, list, missing, withheld: new Map() })
  if (!done) {
    return 'time_up'
  }
  const difference = (await countKnown(pass.pool, { accountId: pass.accountId, mailboxId: mailbox.id })) - tail.exists
  await doubtIf(pass, mailbox, difference)
  await finishVisit(pass, mailbox, difference === 0 ? examined : { ...examined, uidNext: null }, {})
  return 'done'
}

/** Lists everything, downloads what is missing, removes what is gone. */
async function visitAll(
  pass: Pass,
  session: ImapSession,
  { mailbox, examined, cursor, comparing }: VisitWork & { comparing: boolean },
): Promise<VisitOutcome> {
  const list = await session.listUids()
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  const outside = await listUidsOutsideWindow(pass.pool, key, cursor)
  const withheld = await listWithheld(pass.pool, key)
  const drift =
    comparing && list.complete ? compare(pass, { mailbox, examined, list, known: new Set([...outside, ...withheld.keys()]) }) : 0
  const missing = planMissing(list.uids, { lowUid: cursor.lowUid, highUid: cursor.highUid, outside, withheld: new Set(withheld.keys()) })
  const putOff = listPutOff(withheld, new Date())
  const wanted = missing.filter((uid) => !putOff.has(uid))
  await announce(pass, mailbox, list.uids.length, wanted)
  const { done } = await downloadMissing(pass, session, { mailbox, cursor, list, missing: wanted, withheld })
  if (!done) {
    return 'time_up'
  }
  const difference = await removeGone(pass, mailbox, list)
  // With anything in doubt, UIDNEXT is not kept: equal numbers would pass for a proof that nothing is to be done.
  const settled = list.complete && difference === 0
  await finishVisit(pass, mailbox, settled ? examined : { ...examined, uidNext: null }, settled ? { drift } : {})
  return 'done'
}

interface ListComparison {
  readonly mailbox: StoredMailbox
  readonly examined: ExaminedMailbox
  readonly list: UidList
  readonly known: ReadonlySet<number>
}

/** @returns how many UIDs differ that should not */
function compare(pass: Pass, { mailbox, examined, list, known }: ListComparison): number {
  const removalsTold = examined.changes !== null && list.uids.length === examined.exists
  const drift = countDrift({ listed: list.uids, known, uidNext: mailbox.cursor.uidNext, removalsTold })
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
    examined.exists === cursor.messagesDone + cursor.messagesWithheld
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
      await startEpoch(client, pass.accountId, mailbox.id, { uidValidity, highestModseq })
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
  }
}

/** Tells how much there is to do before it begins. */
async function announce(pass: Pass, mailbox: StoredMailbox, messagesExpected: number, missing: readonly number[]): Promise<void> {
  if (missing.length === 0) {
    return
  }
  await inPass(pass, async (client) => {
    await moveCursor(client, pass.accountId, mailbox.id, { messagesExpected })
    await publishLiveNotice(client, { kind: 'progress', userId: pass.userId, accountId: pass.accountId })
  })
}

/**
 * Removes what a complete list proves gone. Afterwards as many messages are stored or withheld as were listed, or the window starts anew.
 * @returns the difference
 */
async function removeGone(pass: Pass, mailbox: StoredMailbox, list: UidList): Promise<number> {
  if (!list.complete) {
    pass.logger.warn({ mailboxId: mailbox.id }, 'A list of messages was not complete; nothing is taken for gone.')
    return 0
  }
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  const stored = await listStoredUids(pass.pool, key)
  const withheld = [...(await listWithheld(pass.pool, key)).keys()]
  const gone = planRemovals(stored, list)
  await removeChunks(pass, key, gone)
  const goneWithheld = planRemovals(withheld, list)
  if (goneWithheld.length > 0) {
    await inPass(pass, async (client) => forgetWithheld(client, key, goneWithheld))
  }
  const known = new Set([...stored, ...withheld]).size - new Set([...gone, ...goneWithheld]).size
  const difference = known - list.uids.length
  await doubtIf(pass, mailbox, difference)
  if (withheld.length === goneWithheld.length) {
    await inPass(pass, async (client) => removeEndedEpochs(client, key))
  }
  return difference
}

/** Messages expunged between list and download, or a fault of ours: the next visit compares everything. */
async function doubtIf(pass: Pass, mailbox: StoredMailbox, difference: number): Promise<void> {
  if (difference !== 0) {
    pass.logger.warn({ mailboxId: mailbox.id, difference }, 'Stored and listed messages differ; the mailbox is compared anew.')
    await inPass(pass, async (client) => moveCursor(client, pass.accountId, mailbox.id, { lowUid: null, highUid: null, doubted: true }))
  }
}

async function removeChunks(pass: Pass, key: MailboxKey, gone: readonly number[]): Promise<void> {
  for (let start = 0; start < gone.length; start += REMOVAL_CHUNK) {
    const uids = gone.slice(start, start + REMOVAL_CHUNK)
    await inPass(pass, async (client) => {
      const removed = await removePlacements(client, key, uids)
      await moveCursor(client, key.accountId, key.mailboxId, { messagesAdded: -removed })
      await publishLiveNotice(client, { kind: 'messages', userId: pass.userId, accountId: pass.accountId })
    })
  }
}

async function finishVisit(
  pass: Pass,
  mailbox: StoredMailbox,
  { uidNext, highestModseq, exists }: ExaminedMailbox,
  compared: { readonly drift?: number },
): Promise<void> {
  await inPass(pass, async (client) => {
    const change = { uidNext, highestModseq, messagesExpected: exists, visited: true, ...compared }
    await moveCursor(client, pass.accountId, mailbox.id, change)
    await publishLiveNotice(client, { kind: 'progress', userId: pass.userId, accountId: pass.accountId })
  })
}
