import type { ImapSession } from '@maildock/mail'
import type { Pass } from '../pass.ts'
import { planWithheld } from '../plan/plan-withheld.ts'
import type { StoredMailbox } from '../store/mailbox-store.ts'
import { lookForUnsourced } from '../store/unsourced-store.ts'
import { listWithheld } from '../store/withheld-store.ts'
import type { WorkOutcome } from '../visit-mailbox.ts'
import { allowFirst, fetchPlanned, type Download, type FetchedStep } from './fetch-runs.ts'
import { readAhead } from './read-ahead.ts'
import { writeBatch } from './write-batch.ts'

/** Messages looked at, and planned, at once. */
const CHUNK = 500

/**
 * Downloads the sources of what is listed by its header, newest first, batch by batch; each source proves which message it is. Where it
 * stands is kept with each batch.
 */
export async function completeSources(pass: Pass, session: ImapSession, mailbox: StoredMailbox): Promise<WorkOutcome> {
  const examined = await session.examine(mailbox.path)
  if (examined.uidValidity !== mailbox.cursor.uidValidity) {
    // Changed since it was visited in this very pass: the next visit follows it.
    return 'done'
  }
  const withheld = await listWithheld(pass.pool, { accountId: pass.accountId, mailboxId: mailbox.id })
  const walk: Walk = { uids: [], lowestUid: mailbox.cursor.sourceLowUid ?? 1, isDone: false }
  const steps = fetchUnsourced({ pass, session, mailbox, withheld, isNew: false, mayFetch: allowFirst(pass) }, walk)
  let handled = 0
  for await (using step of readAhead(pass, steps)) {
    const now = new Date()
    await writeBatch(pass, {
      mailboxId: mailbox.id,
      isSent: mailbox.specialUse === '\\Sent',
      items: step.items,
      cursor: { sourceLowUid: walk.uids[step.handled - 1] ?? 1, pendingAdded: handled - step.handled },
      withheld: new Map(step.withheld.map((uid) => [uid, planWithheld(withheld.get(uid), 'refused', now)])),
    })
    handled = step.handled
  }
  if (!walk.isDone) {
    return 'time_up'
  }
  await writeBatch(pass, {
    mailboxId: mailbox.id,
    isSent: mailbox.specialUse === '\\Sent',
    items: [],
    cursor: { sourceLowUid: 1, pending: 0 },
  })
  return 'done'
}

interface Walk {
  /** Of all messages planned so far, newest first. */
  readonly uids: number[]
  lowestUid: number
  isDone: boolean
}

async function* fetchUnsourced(download: Download, walk: Walk): AsyncGenerator<FetchedStep> {
  const { pass, mailbox } = download
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  for (;;) {
    pass.signal.throwIfAborted()
    const { unsourced, lowestUid } = await lookForUnsourced(pass.pool, key, { belowUid: walk.lowestUid, limit: CHUNK })
    if (lowestUid === null) {
      walk.isDone = true
      return
    }
    walk.lowestUid = lowestUid
    if (unsourced.length === 0) {
      continue
    }
    const uids = unsourced.map(({ attributes }) => attributes.uid)
    const before = walk.uids.length
    walk.uids.push(...uids)
    const planned = unsourced.map((message) => ({ ...message, approach: 'with_others' as const }))
    if (!download.mayFetch() || !(yield* fetchPlanned(download, { uids, before }, planned))) {
      return
    }
  }
}
