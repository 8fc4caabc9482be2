import { publishLiveNotice } from '@maildock/db'
import type { MailboxChanges } from '@maildock/mail'
import type { Pass } from './pass.ts'
import { moveCursor } from './store/cursor-store.ts'
import { inPass } from './store/in-pass.ts'
import { removeRanges, updateFlags } from './store/placement-store.ts'

export interface TellingOpening {
  readonly mailboxId: string
  readonly changes: MailboxChanges
  readonly highestModseq: bigint | null
}

/** Ranges of vanished UIDs, and rows of flags, in one statement. */
const CHUNK = 5_000

/**
 * Applies what a server with QRESYNC told on opening, and its mod-sequence with it, in one transaction: all of it is stored, or the next
 * visit is told the same again. @returns how many messages and withheld ones are gone
 */
export async function applyChanges(
  pass: Pass,
  { mailboxId, changes, highestModseq }: TellingOpening,
): Promise<{ readonly removed: number; readonly forgotten: number }> {
  const key = { accountId: pass.accountId, mailboxId }
  const { flags, vanished } = changes
  return inPass(pass, async (client) => {
    let changed = 0
    let [removed, forgotten] = [0, 0]
    for (let start = 0; start < flags.length; start += CHUNK) {
      changed += await updateFlags(client, key, flags.slice(start, start + CHUNK))
    }
    for (let start = 0; start < vanished.length; start += CHUNK) {
      const gone = await removeRanges(client, key, vanished.slice(start, start + CHUNK))
      removed += gone.removed
      forgotten += gone.forgotten
    }
    await moveCursor(client, key, { highestModseq, messagesAdded: -removed })
    if (changed + removed > 0) {
      await publishLiveNotice(client, { kind: 'messages', userId: pass.userId, accountId: pass.accountId })
    }
    return { removed, forgotten }
  })
}
