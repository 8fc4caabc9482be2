import { isTransientDatabaseError, LeaseLostError, publishLiveNotice, readDatabaseError } from '@maildock/db'
import type { Pass } from '../pass.ts'
import type { Withheld } from '../plan/plan-withheld.ts'
import { addNewMessages, recordSyncEvent } from '../store/account-store.ts'
import { withoutContent, type BatchItem } from '../store/batch-item.ts'
import { inPass, mayBeDoneAgain } from '../store/in-pass.ts'
import { moveCursor, type CursorChange } from '../store/cursor-store.ts'
import { storeBatch, type BatchOutcome } from '../store/message-store.ts'
import { forgetWithheld, recordWithheld } from '../store/withheld-store.ts'

/** A batch of one mailbox, and what is written with it. */
export interface BatchWrite {
  readonly mailboxId: string
  /** It holds copies of what the account sent: they are tied to what they are copies of. */
  readonly isSent: boolean
  readonly items: readonly BatchItem[]
  /** Where the cursor stands once all of the batch is stored. */
  readonly cursor: CursorChange
  /** Messages that could not be had, by UID. */
  readonly withheld?: ReadonlyMap<number, Withheld>
}

/**
 * Writes a batch, its cursor and its progress in one transaction. When the database refuses the rows, the batch is halved until the
 * message that is refused stands alone; that one is stored unread, and the cursor passes it. @throws LeaseLostError, PassOutdatedError
 */
export async function writeBatch(pass: Pass, write: BatchWrite): Promise<BatchOutcome> {
  try {
    return await writeOnce(pass, write)
  } catch (error) {
    if (!isPoison(error)) {
      throw error
    }
    pass.logger.warn({ messages: write.items.length, code: readDatabaseError(error)?.code }, 'The database refused a batch; it is halved.')
    return writeHalves(pass, write, error)
  }
}

async function writeHalves(pass: Pass, { mailboxId, isSent, items, ...end }: BatchWrite, refusal: unknown): Promise<BatchOutcome> {
  const [item] = items
  if (item !== undefined && items.length === 1) {
    const unread = withoutContent(item)
    if (unread === null) {
      throw refusal
    }
    return writeBatch(pass, { mailboxId, isSent, items: [unread], ...end })
  }
  const middle = Math.ceil(items.length / 2)
  // The cursor moves with the last half, and with it what was withheld: only then is all of it stored.
  const first = await writeBatch(pass, { mailboxId, isSent, items: items.slice(0, middle), cursor: {} })
  const second = await writeBatch(pass, { mailboxId, isSent, items: items.slice(middle), ...end })
  return { placed: first.placed + second.placed, created: first.created + second.created, moved: first.moved + second.moved }
}

/** A refusal of the rows themselves: not of the database as a whole, and not of our right to write. */
function isPoison(error: unknown): boolean {
  return !(error instanceof LeaseLostError) && readDatabaseError(error) !== null && !isTransientDatabaseError(error)
}

async function writeOnce(pass: Pass, { mailboxId, isSent, items, cursor, withheld }: BatchWrite): Promise<BatchOutcome> {
  const { accountId, userId } = pass
  return inPass(pass, async (client) => {
    const outcome = await storeBatch(client, { accountId, mailboxId, isSent }, items)
    if (items.length > 0 && completesOnly(outcome)) {
      await mayBeDoneAgain(client)
    }
    const [listed, whole] = [items.filter(isListed), items.filter((item) => !isListed(item))]
    // Only a batch that is listed by headers leaves sources to be fetched; it has nothing else in it.
    const pending = listed.length > 0 ? { pendingAdded: outcome.placed } : {}
    await moveCursor(client, { accountId, mailboxId }, { ...pending, ...cursor, messagesAdded: outcome.placed })
    await forgetWithheld(
      client,
      { accountId, mailboxId },
      whole.map(({ attributes }) => attributes.uid),
    )
    await recordWithheld(client, { accountId, mailboxId }, withheld ?? new Map())
    await addNewMessages(client, accountId, outcome.created)
    if (outcome.placed > 0) {
      await recordSyncEvent(client, accountId, { type: 'stored' })
    }
    if (pass.progress.isDue()) {
      await publishLiveNotice(client, { kind: 'progress', userId, accountId })
      await publishLiveNotice(client, { kind: 'messages', userId, accountId })
    }
    return outcome
  })
}

/**
 * Sources of messages that are listed already: no id is made, and none changes its place. Should the database's machine lose the last moment of such
 * work, the cursor goes back with it and they are fetched again; so nobody waits for the disk.
 */
function completesOnly({ placed, created, moved }: BatchOutcome): boolean {
  return placed + created + moved === 0
}

function isListed({ message }: BatchItem): boolean {
  return 'listed' in message
}
