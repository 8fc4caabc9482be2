import { publishLiveNotice } from '@maildock/db'
import type { ExaminedMailbox, ImapSession } from '@maildock/mail'
import type { Pass } from './pass.ts'
import type { VisitPlan } from './plan/plan-visit.ts'
import { moveCursor } from './store/cursor-store.ts'
import { inPass } from './store/in-pass.ts'
import { listStoredUids, updateFlags } from './store/placement-store.ts'

/** Stored messages whose flags are asked for at once: bounds an answer, also of a server that ignores CHANGEDSINCE (faults A12). */
const FLAG_CHUNK = 5_000

export interface FlagRefresh {
  readonly mailboxId: string
  /** The mod-sequence up to which flags are stored. */
  readonly storedModseq: bigint | null
  readonly examined: ExaminedMailbox
  readonly plan: VisitPlan['flags']
}

/**
 * Brings the flags of the stored messages up to date. The mod-sequence moves to that of EXAMINE, never to one heard later, and only
 * once everything up to it is stored (faults A9). Rows are compared with what is stored, so that a server that answers with more than
 * it was asked for costs time and changes nothing.
 */
export async function refreshFlags(
  pass: Pass,
  session: ImapSession,
  { mailboxId, storedModseq, examined, plan }: FlagRefresh,
): Promise<void> {
  if (plan.by === 'none' || plan.by === 'told') {
    return
  }
  const key = { accountId: pass.accountId, mailboxId }
  const changedSince = plan.by === 'changed_since' ? plan.modseq : undefined
  let afterUid = 0
  for (;;) {
    const uids = await listStoredUids(pass.pool, key, { afterUid, limit: FLAG_CHUNK })
    const [from, to] = [uids[0], uids.at(-1)]
    if (from === undefined || to === undefined) {
      break
    }
    const rows = await session.fetchFlags({ from, to }, { changedSince, maxRows: examined.exists + FLAG_CHUNK })
    await inPass(pass, async (client) => {
      const changed = rows.length === 0 ? 0 : await updateFlags(client, key, rows)
      if (changed > 0) {
        await publishLiveNotice(client, { kind: 'messages', userId: pass.userId, accountId: pass.accountId })
      }
    })
    afterUid = to
  }
  const { highestModseq } = examined
  if (highestModseq !== storedModseq) {
    await inPass(pass, async (client) => moveCursor(client, key, { highestModseq }))
  }
}
