import { MailFault, type ImapSession, type UidList } from '@maildock/mail'
import type { Pass } from '../pass.ts'
import type { MailboxCursor } from '../plan/mailbox-cursor.ts'
import { planDownloads, planFirstWhole, planSample, type DownloadPlan } from '../plan/plan-downloads.ts'
import { advanceWindow } from '../plan/plan-missing.ts'
import { planWithheld, type Withheld } from '../plan/plan-withheld.ts'
import type { StoredMailbox } from '../store/mailbox-store.ts'
import { allowFirst, fetchRuns } from './fetch-runs.ts'
import { readAhead } from './read-ahead.ts'
import { writeBatch } from './write-batch.ts'

/** What a mailbox has that is to be downloaded, and what is known about it. */
export interface MissingMessages {
  readonly mailbox: StoredMailbox
  readonly cursor: MailboxCursor
  readonly list: UidList
  /** Newest first. */
  readonly missing: readonly number[]
  /** From here on what is stored is whole (`planWholeFrom`). */
  readonly wholeFrom: number | null
  /** Messages that could not be had before, by UID. */
  readonly withheld: ReadonlyMap<number, Withheld>
}

/** How far it came. */
export interface MissingOutcome {
  /** False when the slice used its time. */
  readonly done: boolean
  /** Messages the server did not give. */
  readonly withheld: number
}

/**
 * Downloads what is missing of a mailbox, newest first, batch by batch, whole or by its header (`planDownloads`); while one batch is written
 * the next one is read and the one after it fetched. When the slice has used its time no further batch is fetched, and what was fetched is
 * written: nothing is downloaded twice. At least one batch is, or an account that is slow to begin with would never get on.
 */
export async function downloadMissing(pass: Pass, session: ImapSession, work: MissingMessages): Promise<MissingOutcome> {
  const { mailbox, missing } = work
  const sizes = await sampleSizes(session, work)
  const firstWhole = planFirstWhole({ isInbox: mailbox.specialUse === '\\Inbox', sizes })
  const plan = planDownloads(missing, { sourceLowUid: work.wholeFrom, withheld: new Set(work.withheld.keys()), firstWhole })
  const position = new Position(work, plan)
  let withheld = 0
  const isNew = work.cursor.lowUid === null
  const download = { pass, session, mailbox, withheld: work.withheld, isNew, mayFetch: allowFirst(pass) }
  for await (using batch of readAhead(pass, fetchRuns(download, plan.runs))) {
    withheld += batch.withheld.length
    const now = new Date()
    await writeBatch(pass, {
      mailboxId: mailbox.id,
      isSent: mailbox.specialUse === '\\Sent',
      items: batch.items,
      cursor: position.after(batch.handled, batch.by),
      withheld: new Map(batch.withheld.map((uid) => [uid, planWithheld(work.withheld.get(uid), 'refused', now)])),
    })
  }
  if (withheld > 0) {
    pass.logger.warn(
      { mailboxId: mailbox.id, isSent: mailbox.specialUse === '\\Sent', withheld },
      'The mail server does not give some messages; they are asked for again.',
    )
  }
  const done = position.handled >= missing.length
  const last = done ? position.atEnd() : null
  if (last !== null) {
    await writeBatch(pass, { mailboxId: mailbox.id, isSent: mailbox.specialUse === '\\Sent', items: [], cursor: last })
  }
  return { done, withheld }
}

/**
 * In octets. None when the server refuses to tell: the question is one that can be done without. It is asked in each slice until something is listed by its
 * header; should the answer change by then, what came whole stays whole, and the cursor says so.
 */
async function sampleSizes(session: ImapSession, { missing, wholeFrom, withheld }: MissingMessages): Promise<readonly number[]> {
  const sample = planSample(
    missing.filter((uid) => !withheld.has(uid)),
    wholeFrom,
  )
  if (sample.length === 0) {
    return []
  }
  try {
    return (await session.fetchAttributes(sample)).map(({ sizeOctets }) => sizeOctets)
  } catch (error) {
    if (error instanceof MailFault && session.usable && error.class !== 'throttle') {
      return []
    }
    throw error
  }
}

type CursorPart = Partial<Pick<MailboxCursor, 'lowUid' | 'highUid' | 'sourceLowUid'>>

/** Where the cursor stands as the batches are written. */
class Position {
  handled = 0
  readonly #work: MissingMessages
  readonly #plan: DownloadPlan
  #window: Pick<MailboxCursor, 'lowUid' | 'highUid'>
  #sourceLowUid: number | null

  constructor(work: MissingMessages, plan: DownloadPlan) {
    this.#work = work
    this.#plan = plan
    this.#window = { lowUid: work.cursor.lowUid, highUid: work.cursor.highUid }
    this.#sourceLowUid = work.cursor.sourceLowUid
  }

  /** With the first message that is listed without its source begins what is not whole. */
  after(handled: number, by: 'source' | 'header'): CursorPart {
    this.handled = handled
    this.#advance()
    const begins = by === 'header' && this.#sourceLowUid !== this.#plan.sourceLowUid
    this.#sourceLowUid = begins ? this.#plan.sourceLowUid : this.#sourceLowUid
    return { ...this.#window, ...(begins ? { sourceLowUid: this.#sourceLowUid } : {}) }
  }

  /** What is left to be said when all is handled; null: nothing. */
  atEnd(): CursorPart | null {
    const before = this.#window
    this.#advance()
    const isMoved = before.lowUid !== this.#window.lowUid || before.highUid !== this.#window.highUid
    const isWhole = this.#sourceLowUid === null
    return isMoved || isWhole ? { ...this.#window, ...(isWhole ? { sourceLowUid: 1 } : {}) } : null
  }

  /**
   * Only a complete list tells what is not missing: without one the window stays, and the next visit asks the database. What is withheld is kept
   * with the batch, so that the window may pass it.
   */
  #advance(): void {
    const { list, missing } = this.#work
    if (list.complete) {
      this.#window = advanceWindow(this.#window, list.uids.at(-1) ?? 0, missing.slice(this.handled, this.handled + 1))
    }
  }
}
