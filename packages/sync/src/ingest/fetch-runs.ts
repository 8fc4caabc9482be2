import { MailFault, type FetchedHeader, type ImapSession } from '@maildock/mail'
import type { Pass } from '../pass.ts'
import { BATCH_LIMITS, planBatches } from '../plan/plan-batches.ts'
import type { DownloadRun } from '../plan/plan-downloads.ts'
import { planApproach, planWithheld, type Withheld } from '../plan/plan-withheld.ts'
import { inPass } from '../store/in-pass.ts'
import type { StoredMailbox } from '../store/mailbox-store.ts'
import { findByEmailIds } from '../store/message-store.ts'
import { recordWithheld } from '../store/withheld-store.ts'
import { fetchBatch, type FetchedBatch } from './download-batch.ts'
import { DownloadBroken, nameBroken } from './fetch-sources.ts'
import type { PlannedMessage } from './planned-message.ts'

/** Messages whose attributes, or headers, are asked for at once. */
const CHUNK = 500
/** The first ones of a mailbox are a screenful: somebody may be waiting to see something. */
const FIRST_CHUNK = 50

/** What was fetched, not yet read. */
export type FetchedStep = {
  /** So many of the wanted messages, from the newest, are dealt with once this is written. */
  readonly handled: number
} & ({ readonly by: 'source'; readonly batch: FetchedBatch } | { readonly by: 'header'; readonly headers: readonly FetchedHeader[] })

/** What is downloaded, and over what. */
export interface Download {
  readonly pass: Pass
  readonly session: ImapSession
  readonly mailbox: StoredMailbox
  readonly withheld: ReadonlyMap<number, Withheld>
  /** Nothing of the mailbox is stored yet. */
  readonly isNew: boolean
  /** Asked before each fetch: false when the slice has used its time. The first one is always allowed. */
  readonly mayFetch: () => boolean
}

interface Chunk {
  readonly uids: readonly number[]
  /** Messages handled before this chunk. */
  readonly before: number
}

/** Lets the first fetch of a download happen whatever time it is: an account that is slow to begin with would never get on. */
export function allowFirst(pass: Pass): () => boolean {
  let isFirst = true
  return () => {
    const allowed = isFirst || !pass.isTimeUp()
    isFirst = false
    return allowed
  }
}

/** Fetches runs of missing messages, in their order, until all is fetched or the time is up. */
export async function* fetchRuns(download: Download, runs: readonly DownloadRun[]): AsyncGenerator<FetchedStep> {
  let before = 0
  for (const { by, uids } of runs) {
    for (let start = 0; start < uids.length;) {
      const chunk = { uids: uids.slice(start, start + (download.isNew && before === 0 ? FIRST_CHUNK : CHUNK)), before }
      const isWhole = yield* by === 'source' ? fetchChunk(download, chunk) : fetchHeaderChunk(download, chunk)
      if (!isWhole) {
        return
      }
      before += chunk.uids.length
      start += chunk.uids.length
    }
  }
}

/** @returns whether all of the chunk was fetched */
async function* fetchChunk(download: Download, chunk: Chunk): AsyncGenerator<FetchedStep, boolean> {
  if (!download.mayFetch()) {
    return false
  }
  return yield* fetchPlanned(download, chunk, await planChunk(download, chunk.uids))
}

/** Fetches messages that are planned, newest first, in batches. @returns whether all of them were fetched */
export async function* fetchPlanned(
  download: Download,
  { uids, before }: Chunk,
  planned: readonly PlannedMessage[],
): AsyncGenerator<FetchedStep, boolean> {
  const weighed = planned.map((message) => ({ ...message, sizeOctets: message.knownId === null ? message.attributes.sizeOctets : 0 }))
  const batches = planBatches(weighed, BATCH_LIMITS)
  for (const [index, batch] of batches.entries()) {
    if (index > 0 && !download.mayFetch()) {
      return false
    }
    const fetched = await fetchOrRecord(download, batch)
    const { firstUnasked } = fetched
    const lastUid = batch.at(-1)?.attributes.uid
    const whole = index === batches.length - 1 ? uids.length : uids.findIndex((uid) => uid === lastUid) + 1
    const handled = firstUnasked === null ? whole : uids.indexOf(firstUnasked)
    yield { by: 'source', handled: before + handled, batch: fetched }
    if (firstUnasked !== null) {
      return false
    }
  }
  if (batches.length === 0) {
    // All of them are gone since they were listed.
    yield { by: 'header', handled: before + uids.length, headers: [] }
  }
  return true
}

/** A batch in memory of its own. */
async function fetchOrRecord(
  download: Download,
  batch: readonly (PlannedMessage & { readonly sizeOctets: number })[],
): Promise<FetchedBatch> {
  const { pass, session, mayFetch } = download
  const { maxMessageOctets } = BATCH_LIMITS
  const octets = batch.reduce((sum, { sizeOctets }) => sum + (sizeOctets > maxMessageOctets ? 0 : sizeOctets), 0)
  const block = await pass.memory.reserve(octets, pass.signal)
  try {
    return await recordBroken(download, async () => fetchBatch({ session, maxMessageOctets, mayFetch }, batch, block))
  } catch (error) {
    block[Symbol.dispose]()
    throw error
  }
}

/** Headers of a chunk. What is not given together is fetched whole, where each message has its own fate. */
async function* fetchHeaderChunk(download: Download, chunk: Chunk): AsyncGenerator<FetchedStep, boolean> {
  if (!download.mayFetch()) {
    return false
  }
  const headers = await tryFetchHeaders(download, chunk.uids)
  const given = new Set(headers.map(({ attributes }) => attributes.uid))
  const absent = chunk.uids.filter((uid) => !given.has(uid))
  const isWhole = absent.length === 0 || (yield* fetchAbsent(download, chunk, absent))
  // Unless all of it was had, the next slice asks for the whole chunk again.
  yield { by: 'header', handled: chunk.before + (isWhole ? chunk.uids.length : 0), headers: headers.toReversed() }
  return isWhole
}

/** Fetches whole what was not given as a header. Nothing counts as handled yet: the headers between are still to be written. */
async function* fetchAbsent(download: Download, { before }: Chunk, absent: readonly number[]): AsyncGenerator<FetchedStep, boolean> {
  const steps = fetchPlanned(download, { uids: absent, before: 0 }, await planChunk(download, absent))
  for (;;) {
    const { done, value } = await steps.next()
    if (done === true) {
      return value
    }
    yield { ...value, handled: before }
  }
}

/** None when the server refused this command and nothing else is wrong. */
async function tryFetchHeaders(download: Download, uids: readonly number[]): Promise<readonly FetchedHeader[]> {
  const { session } = download
  try {
    return await recordBroken(download, async () => {
      try {
        return await session.fetchHeaders(uids)
      } catch (error) {
        throw nameBroken(
          session,
          uids.map((uid) => ({ uid })),
          error,
        )
      }
    })
  } catch (error) {
    if (error instanceof MailFault && session.usable && error.class !== 'throttle') {
      return []
    }
    throw error
  }
}

/**
 * A message that breaks the connection would break it in every pass. So which ones were asked for is kept before the fault goes on: the
 * next time they are asked for one by one, and in the end the one at fault is passed by.
 */
async function recordBroken<T>({ pass, mailbox, withheld }: Download, fetch: () => Promise<T>): Promise<T> {
  try {
    return await fetch()
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
async function planChunk({ pass, session, withheld }: Download, uids: readonly number[]): Promise<PlannedMessage[]> {
  const attributes = await session.fetchAttributes(uids)
  const known = await findByEmailIds(pass.pool, pass.accountId, attributes)
  return attributes.toReversed().map((message) => {
    const knownId = message.emailId === null ? null : (known.get(message.emailId) ?? null)
    const before = withheld.get(message.uid)
    const approach = before === undefined || knownId !== null ? 'with_others' : planApproach(before)
    return { attributes: message, knownId, approach }
  })
}
