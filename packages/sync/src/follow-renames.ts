import { MailFault, type ImapSession, type MailboxList, type MailboxStatus } from '@maildock/mail'
import type { Pass } from './pass.ts'
import { isSameMailbox, listNewPaths, planRenames, type RenameCandidate } from './plan/plan-renames.ts'
import { inPass } from './store/in-pass.ts'
import { renameMailbox, type StoredMailbox } from './store/mailbox-store.ts'
import { listLikenesses } from './store/placement-store.ts'

/** Messages by which a mailbox is recognised: the newest of those that are stored. */
const SAMPLE = 20

/**
 * Finds mailboxes that were renamed, and gives the stored ones their new names: cursors, placements and ids stay, nothing is downloaded
 * again. What cannot be proved is left to the rule that a mailbox is its name. @returns whether anything was renamed
 */
export async function followRenames(
  pass: Pass,
  session: ImapSession,
  { list, known }: { readonly list: MailboxList; readonly known: readonly StoredMailbox[] },
): Promise<boolean> {
  const isKnownAccount = known.some(({ gone, cursor }) => !gone && cursor.uidValidity !== null)
  const added = isKnownAccount && list.complete ? listNewPaths(list, known) : []
  if (added.length === 0) {
    return false
  }
  const candidates = planRenames(list, known, await learnStatuses(session, list, added))
  const settled = new Set<string>()
  for (const candidate of candidates) {
    if (!settled.has(candidate.to) && !settled.has(candidate.mailboxId) && (await isProved(pass, session, candidate))) {
      settled.add(candidate.to).add(candidate.mailboxId)
      await inPass(pass, async (client) => renameMailbox(client, pass.accountId, candidate))
      pass.logger.info({ mailboxId: candidate.mailboxId }, 'A mailbox was renamed; it keeps everything.')
    }
  }
  return settled.size > 0
}

/** STATUS of what is listed: all of it where it came with the list, else of the new names alone. */
async function learnStatuses(session: ImapSession, list: MailboxList, added: readonly string[]): Promise<Map<string, MailboxStatus>> {
  const statuses = new Map(list.mailboxes.flatMap(({ path, status }) => (status === null ? [] : [[path, status] as const])))
  for (const path of added.filter((name) => !statuses.has(name)).slice(0, 100)) {
    const status = await session.getStatus(path)
    if (status !== null) {
      statuses.set(path, status)
    }
  }
  return statuses
}

async function isProved(pass: Pass, session: ImapSession, { mailboxId, to }: RenameCandidate): Promise<boolean> {
  const stored = await listLikenesses(pass.pool, { accountId: pass.accountId, mailboxId }, SAMPLE)
  if (stored.length === 0) {
    return false
  }
  try {
    await session.examine(to)
    return isSameMailbox(stored, await session.fetchAttributes(stored.map(({ uid }) => uid)))
  } catch (error) {
    if (error instanceof MailFault && session.usable && error.class !== 'throttle') {
      // It cannot be read now. Then it is a new one, as it would be without this.
      return false
    }
    throw error
  }
}
