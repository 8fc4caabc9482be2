import type { ImapSession, UidList } from '@maildock/mail'
import { downloadBatch, DownloadBroken, type DownloadContext, type DownloadedBatch, type PlannedMessage } from './download-batch.ts'
import type { Pass } from './pass.ts'
import type { MailboxCursor } from './plan/mailbox-cursor.ts'
import { BATCH_LIMITS, planBatches } from './plan/plan-batches.ts'
import { advanceWindow } from './plan/plan-missing.ts'
import { planApproach, planWithheld, type Withheld } from './plan/plan-withheld.ts'
import { inPass } from './store/in-pass.ts'
import type { StoredMailbox } from './store/mailbox-store.ts'
import { findByEmailIds } from './store/message-store.ts'
import { recordWithheld } from './store/withheld-store.ts'
import { writeBatch } from './write-batch.ts'

export interface MissingMessages {
  readonly mailbox: StoredMailbox
  readonly cursor: MailboxCursor
  readonly list: UidList
  /** Newest first. */
  readonly missing: readonly number[]
  /** Messages that could not be had before, by UID. */
  readonly withheld: ReadonlyMap<number, Withheld>
}

export interface MissingOutcome {
  /** False when the slice used its time. */
  readonly done: boolean
  /** Messages the server did not give. */
  readonly withheld: number
}

/** Messages whose attributes are asked for at once. */
const ATTRIBUTE_CHUNK = 500
/** Messages of the very first batch: a screenful, to be read while the rest comes. */
const FIRST_BATCH = 50

/**
 * Downloads what is missing of a mailbox, newest first, batch by batch; while one batch is written the next one is fetched. When the
 * slice has used its time no further batch is fetched, and what was fetched is written: nothing is downloaded twice. At least one batch
 * is, or an account that is slow to begin with would never get on.
 */
export async function downloadMissing(pass: Pass, session: ImapSession, work: MissingMessages): Promise<MissingOutcome> {
  const { mailbox, list, missing } = work
  const context: DownloadContext = { session, parser: pass.parser, maxMessageOctets: BATCH_LIMITS.maxMessageOctets }
  const highestListed = list.uids.at(-1) ?? 0
  let withheld = 0
  let window: Pick<MailboxCursor, 'lowUid' | 'highUid'> = { lowUid: work.cursor.lowUid, highUid: work.cursor.highUid }
  let done = 0
  for await (const batch of fetchAhead(pass, context, work)) {
    done = batch.handled
    withheld += batch.withheld.length
    // Only a complete list tells what is not missing: without one the window stays, and the next visit asks the database. What is
    // withheld is kept with the batch, so that the window may pass it.
    window = list.complete ? advanceWindow(window, highestListed, missing.slice(done, done + 1)) : window
    const now = new Date()
    const refused = new Map(batch.withheld.map((uid) => [uid, planWithheld(work.withheld.get(uid), 'refused', now)]))
    await writeBatch(pass, { mailboxId: mailbox.id, items: batch.items, cursor: window, withheld: refused })
  }
  if (missing.length === 0 && list.complete) {
    const { lowUid, highUid } = advanceWindow(window, highestListed, [])
    if (lowUid !== window.lowUid || highUid !== window.highUid) {
      await writeBatch(pass, { mailboxId: mailbox.id, items: [], cursor: { lowUid, highUid } })
    }
  }
  if (withheld > 0) {
    pass.logger.warn({ mailboxId: mailbox.id, withheld }, 'The mail server does not give some messages; they are asked for again.')
  }
  return { done: done >= missing.length, withheld }
}

interface FetchedBatch extends DownloadedBatch {
  /** So many of the missing messages, from the newest, are dealt with once this is written. */
  readonly handled: number
  /** What it takes in memory, about. */
  readonly octets: number
}

/** The batches, one fetched ahead of the one that is being written. */
async function* fetchAhead(pass: Pass, context: DownloadContext, work: MissingMessages): AsyncGenerator<FetchedBatch> {
  const batches = fetchBatches(pass, context, work)
  let next = batches.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done === true) {
        return
      }
      // A message larger than a batch is alone in memory, too.
      const isLarge = value.octets > BATCH_LIMITS.maxOctets
      next = isLarge ? next : batches.next()
      yield value
      next = isLarge ? batches.next() : next
    }
  } finally {
    // The writer stopped early: the fetch under way is waited for, because the connection can do one thing at a time. How it ends does
    // not matter any more.
    await Promise.allSettled([next])
  }
}

async function* fetchBatches(pass: Pass, context: DownloadContext, work: MissingMessages): AsyncGenerator<FetchedBatch> {
  const { missing } = work
  for (let start = 0; start < missing.length; start += ATTRIBUTE_CHUNK) {
    const uids = missing.slice(start, start + ATTRIBUTE_CHUNK)
    const planned = await planChunk(pass, context.session, uids, work.withheld)
    const batches = planBatches(planned, BATCH_LIMITS, start === 0 ? FIRST_BATCH : undefined)
    for (const [index, batch] of batches.entries()) {
      if ((start > 0 || index > 0) && pass.isTimeUp()) {
        return
      }
      const lastUid = batch.at(-1)?.attributes.uid ?? 0
      const isLast = index === batches.length - 1
      const handled = start + (isLast ? uids.length : uids.findIndex((uid) => uid === lastUid) + 1)
      const octets = batch.reduce((sum, { sizeOctets }) => sum + sizeOctets, 0)
      yield { ...(await downloadOrRecord(pass, context, batch, work)), handled, octets }
    }
    if (batches.length === 0) {
      // All of them are gone since they were listed.
      yield { items: [], withheld: [], handled: start + uids.length, octets: 0 }
    }
  }
}

/**
 * A message that breaks the connection would break it in every pass. So which ones were asked for is kept before the fault goes on: the
 * next time they are asked for one by one, and in the end the one at fault is passed by.
 */
async function downloadOrRecord(
  pass: Pass,
  context: DownloadContext,
  batch: readonly PlannedMessage[],
  { mailbox, withheld }: MissingMessages,
): Promise<DownloadedBatch> {
  try {
    return await downloadBatch(context, batch)
  } catch (error) {
    if (!(error instanceof DownloadBroken)) {
      throw error
    }
    const [now, reason] = [new Date(), error.fault.class === 'protocol' ? ('violation' as const) : ('lost' as const)]
    const suspects = new Map(error.uids.map((uid) => [uid, planWithheld(withheld.get(uid), reason, now)]))
    await inPass(pass, async (client) => recordWithheld(client, { accountId: pass.accountId, mailboxId: mailbox.id }, suspects))
    throw error.fault
  }
}

/** Attributes of a chunk, newest first; messages whose identifier is known need no download. */
async function planChunk(
  pass: Pass,
  session: ImapSession,
  uids: readonly number[],
  withheld: ReadonlyMap<number, Withheld>,
): Promise<(PlannedMessage & { readonly sizeOctets: number })[]> {
  const attributes = await session.fetchAttributes(uids)
  const known = await findByEmailIds(pass.pool, pass.accountId, attributes)
  return attributes.toReversed().map((message) => {
    const knownId = message.emailId === null ? null : (known.get(message.emailId) ?? null)
    const before = withheld.get(message.uid)
    const approach = before === undefined || knownId !== null ? 'with_others' : planApproach(before)
    return { attributes: message, knownId, approach, sizeOctets: knownId === null ? message.sizeOctets : 0 }
  })
}
