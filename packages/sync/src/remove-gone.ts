import { publishLiveNotice } from '@maildock/db'
import type { UidList } from '@maildock/mail'
import type { Pass } from './pass.ts'
import { planRemovals } from './plan/plan-removals.ts'
import { moveCursor } from './store/cursor-store.ts'
import { inPass } from './store/in-pass.ts'
import type { StoredMailbox } from './store/mailbox-store.ts'
import { listStoredUids, removeEndedEpochs, removePlacements, type MailboxKey } from './store/placement-store.ts'
import { forgetWithheld, listWithheld } from './store/withheld-store.ts'

/** Placements removed in one transaction. */
const REMOVAL_CHUNK = 5_000

/**
 * Removes what a complete list proves gone. Afterwards as many messages are stored, withheld or left out as were listed, or the window starts anew.
 * @returns the difference
 */
export async function removeGone(
  pass: Pass,
  mailbox: StoredMailbox,
  { list, messagesOutside }: { readonly list: UidList; readonly messagesOutside: number },
): Promise<number> {
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
  const difference = known + messagesOutside - list.uids.length
  await doubtIf(pass, mailbox, difference)
  if (withheld.length === goneWithheld.length) {
    await inPass(pass, async (client) => removeEndedEpochs(client, key))
  }
  return difference
}

/** Messages expunged between list and download, or a fault of ours: the next visit compares everything. */
export async function doubtIf(pass: Pass, mailbox: StoredMailbox, difference: number): Promise<void> {
  if (difference !== 0) {
    pass.logger.warn({ mailboxId: mailbox.id, difference }, 'Stored and listed messages differ; the mailbox is compared anew.')
    const key = { accountId: pass.accountId, mailboxId: mailbox.id }
    await inPass(pass, async (client) => moveCursor(client, key, { lowUid: null, highUid: null, doubted: true }))
  }
}

async function removeChunks(pass: Pass, key: MailboxKey, gone: readonly number[]): Promise<void> {
  for (let start = 0; start < gone.length; start += REMOVAL_CHUNK) {
    const uids = gone.slice(start, start + REMOVAL_CHUNK)
    await inPass(pass, async (client) => {
      const removed = await removePlacements(client, key, uids)
      await moveCursor(client, key, { messagesAdded: -removed })
      await publishLiveNotice(client, { kind: 'messages', userId: pass.userId, accountId: pass.accountId })
    })
  }
}
