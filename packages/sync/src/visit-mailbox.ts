import { publishLiveNotice } from '@maildock/db'
import { MailFault, type ExaminedMailbox, type ImapSession, type UidList } from '@maildock/mail'
import { downloadMissing } from './download-missing.ts'
import type { Pass } from './pass.ts'
import { isFirstSyncDone, type MailboxCursor } from './plan/mailbox-cursor.ts'
import { planEpochChange } from './plan/plan-epoch-change.ts'
import { planMissing } from './plan/plan-missing.ts'
import { planRemovals } from './plan/plan-removals.ts'
import { planVisit } from './plan/plan-visit.ts'
import { listPutOff } from './plan/plan-withheld.ts'
import { refreshFlags } from './refresh-flags.ts'
import { inPass } from './store/in-pass.ts'
import { moveCursor, recordEpochChange, startEpoch, type StoredMailbox } from './store/mailbox-store.ts'
import { listStoredUids, listUidsOutsideWindow, removeEndedEpochs, removePlacements, type MailboxKey } from './store/placement-store.ts'
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
  const examined = await session.examine(mailbox.path)
  const plan = planVisit(mailbox.cursor, examined)
  const cursor = plan.epoch === 'known' ? mailbox.cursor : await beginEpoch(pass, mailbox, examined)
  await refreshFlags(pass, session, { mailboxId: mailbox.id, examined, plan: plan.flags })
  if (!mailbox.withheldDue && isCountProof(cursor, examined)) {
    await finishVisit(pass, mailbox, examined)
    return 'done'
  }
  const list = await session.listUids()
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  const outside = await listUidsOutsideWindow(pass.pool, key, cursor)
  const withheld = await listWithheld(pass.pool, key)
  const missing = planMissing(list.uids, { lowUid: cursor.lowUid, highUid: cursor.highUid, outside, withheld: new Set(withheld.keys()) })
  const putOff = listPutOff(withheld, new Date())
  const wanted = missing.filter((uid) => !putOff.has(uid))
  await announce(pass, mailbox, list, wanted)
  const { done } = await downloadMissing(pass, session, { mailbox, cursor, list, missing: wanted, withheld })
  if (!done) {
    return 'time_up'
  }
  const drift = await removeGone(pass, mailbox, list)
  // With anything in doubt, UIDNEXT is not kept: equal numbers would pass for a proof that nothing is to be done.
  const settled = list.complete && drift === 0
  await finishVisit(pass, mailbox, settled ? examined : { ...examined, uidNext: null })
  return 'done'
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
  if (mailbox.cursor.uidValidity !== null) {
    const { history, parkedUntil } = planEpochChange(mailbox.epochHistory, new Date())
    await inPass(pass, async (client) => recordEpochChange(client, key, history))
    if (parkedUntil !== null) {
      throw new EpochsUnstable(parkedUntil)
    }
    pass.logger.info({ mailboxId: mailbox.id }, 'The UIDVALIDITY of a mailbox changed; its messages are matched anew.')
  }
  await inPass(pass, async (client) => startEpoch(client, pass.accountId, mailbox.id, { uidValidity, highestModseq }))
  return { uidValidity, highestModseq, lowUid: null, highUid: null, uidNext: null, messagesDone: 0, messagesWithheld: 0 }
}

/** Tells how much there is to do before it begins. */
async function announce(pass: Pass, mailbox: StoredMailbox, list: UidList, missing: readonly number[]): Promise<void> {
  if (missing.length === 0) {
    return
  }
  await inPass(pass, async (client) => {
    await moveCursor(client, pass.accountId, mailbox.id, { messagesExpected: list.uids.length })
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
  const drift = stored.length - gone.length + withheld.length - goneWithheld.length - list.uids.length
  if (drift !== 0) {
    // Messages expunged between list and download, or a fault of ours. The next visit compares everything.
    pass.logger.warn({ mailboxId: mailbox.id, drift }, 'Stored and listed messages differ; the mailbox is compared anew.')
    await inPass(pass, async (client) => moveCursor(client, pass.accountId, mailbox.id, { lowUid: null, highUid: null, doubted: true }))
  }
  if (withheld.length === goneWithheld.length) {
    await inPass(pass, async (client) => removeEndedEpochs(client, key))
  }
  return drift
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

async function finishVisit(pass: Pass, mailbox: StoredMailbox, { uidNext, highestModseq, exists }: ExaminedMailbox): Promise<void> {
  await inPass(pass, async (client) => {
    const change = { uidNext, highestModseq, messagesExpected: exists, visited: true }
    await moveCursor(client, pass.accountId, mailbox.id, change)
    await publishLiveNotice(client, { kind: 'progress', userId: pass.userId, accountId: pass.accountId })
  })
}
