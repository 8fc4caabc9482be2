import { publishLiveNotice } from '@maildock/db'
import type { ExaminedMailbox, ImapSession, UidList } from '@maildock/mail'
import { downloadMissing } from './download-missing.ts'
import type { Pass } from './pass.ts'
import { isFirstSyncDone, type MailboxCursor } from './plan/mailbox-cursor.ts'
import { planMissing } from './plan/plan-missing.ts'
import { planRemovals } from './plan/plan-removals.ts'
import { planVisit } from './plan/plan-visit.ts'
import { refreshFlags } from './refresh-flags.ts'
import { inPass } from './store/in-pass.ts'
import { moveCursor, startEpoch, type StoredMailbox } from './store/mailbox-store.ts'
import { listStoredUids, listUidsOutsideWindow, removeEndedEpochs, removePlacements } from './store/placement-store.ts'

/** `done`: as up to date as the server told. `time_up`: there is more to do, begun where the cursor stands. */
export type VisitOutcome = 'done' | 'time_up'

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
  if (isCountProof(cursor, examined)) {
    await finishVisit(pass, mailbox, examined)
    return 'done'
  }
  const list = await session.listUids()
  const outside = await listUidsOutsideWindow(pass.pool, { accountId: pass.accountId, mailboxId: mailbox.id }, cursor)
  const missing = planMissing(list.uids, { lowUid: cursor.lowUid, highUid: cursor.highUid, outside })
  await announce(pass, mailbox, list, missing)
  const { done, withheld } = await downloadMissing(pass, session, { mailbox, cursor, list, missing })
  if (!done) {
    return 'time_up'
  }
  const drift = await removeGone(pass, mailbox, { list, withheld })
  // With anything missing or in doubt, UIDNEXT is not kept: equal numbers would pass for a proof that nothing is to be done.
  const settled = list.complete && withheld === 0 && drift === 0
  await finishVisit(pass, mailbox, settled ? examined : { ...examined, uidNext: null })
  return 'done'
}

/** UIDNEXT and the number of messages prove that nothing came and nothing went: no list is needed. */
function isCountProof(cursor: MailboxCursor, examined: ExaminedMailbox): boolean {
  return (
    isFirstSyncDone(cursor) && examined.uidNext !== null && examined.uidNext === cursor.uidNext && examined.exists === cursor.messagesDone
  )
}

/** The first visit, or the first one after UIDVALIDITY changed. Flags are as new as this mod-sequence from here on. */
async function beginEpoch(pass: Pass, mailbox: StoredMailbox, examined: ExaminedMailbox): Promise<MailboxCursor> {
  const { uidValidity, highestModseq } = examined
  if (mailbox.cursor.uidValidity !== null) {
    pass.logger.info({ mailboxId: mailbox.id }, 'The UIDVALIDITY of a mailbox changed; its messages are matched anew.')
  }
  await inPass(pass, async (client) => startEpoch(client, pass.accountId, mailbox.id, { uidValidity, highestModseq }))
  return { uidValidity, highestModseq, lowUid: null, highUid: null, uidNext: null, messagesDone: 0 }
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
 * Removes what a complete list proves gone. Afterwards as many messages are stored as were listed, or the window starts anew.
 * @returns the difference
 */
async function removeGone(pass: Pass, mailbox: StoredMailbox, { list, withheld }: { list: UidList; withheld: number }): Promise<number> {
  if (!list.complete) {
    pass.logger.warn({ mailboxId: mailbox.id }, 'A list of messages was not complete; nothing is taken for gone.')
    return 0
  }
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  const stored = await listStoredUids(pass.pool, key)
  const gone = planRemovals(stored, list)
  for (let start = 0; start < gone.length; start += REMOVAL_CHUNK) {
    const uids = gone.slice(start, start + REMOVAL_CHUNK)
    await inPass(pass, async (client) => {
      const removed = await removePlacements(client, key, uids)
      await moveCursor(client, pass.accountId, mailbox.id, { messagesAdded: -removed })
      await publishLiveNotice(client, { kind: 'messages', userId: pass.userId, accountId: pass.accountId })
    })
  }
  const drift = stored.length - gone.length + withheld - list.uids.length
  if (drift !== 0) {
    // Messages expunged between list and download, or a fault of ours. The next visit compares everything.
    pass.logger.warn({ mailboxId: mailbox.id, drift }, 'Stored and listed messages differ; the mailbox is compared anew.')
    await inPass(pass, async (client) => moveCursor(client, pass.accountId, mailbox.id, { lowUid: null, highUid: null }))
  }
  if (withheld === 0) {
    await inPass(pass, async (client) => removeEndedEpochs(client, key))
  }
  return drift
}

async function finishVisit(pass: Pass, mailbox: StoredMailbox, { uidNext, highestModseq, exists }: ExaminedMailbox): Promise<void> {
  await inPass(pass, async (client) => {
    const change = { uidNext, highestModseq, messagesExpected: exists, visited: true }
    await moveCursor(client, pass.accountId, mailbox.id, change)
    await publishLiveNotice(client, { kind: 'progress', userId: pass.userId, accountId: pass.accountId })
  })
}
