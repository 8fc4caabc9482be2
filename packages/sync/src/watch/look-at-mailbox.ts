import type { SpecialUse, Uuid } from '@maildock/core'
import { publishLiveNotice } from '@maildock/db'
import type { ImapSession, ImapWatch } from '@maildock/mail'
import { createProgressThrottle, type Pass } from '../pass.ts'
import { isWanted } from '../plan/is-wanted.ts'
import { lacksSources } from '../plan/mailbox-cursor.ts'
import { recordSyncEvent, type SyncableAccount } from '../store/account-store.ts'
import { inPass } from '../store/in-pass.ts'
import { listStoredMailboxes } from '../store/mailbox-store.ts'
import { visitMailbox } from '../visit-mailbox.ts'
import { observeExamine } from './observe-examine.ts'

/** `time_up`: there is more to do than a look is for. `no_mailbox`: nothing to look at. */
export type LookOutcome = 'done' | 'time_up' | 'no_mailbox'

/** A connection that watches, and what it watches. */
export interface Link {
  readonly session: ImapSession
  readonly watch: ImapWatch
}

/**
 * Brings one mailbox up to date over the connection that watches it, and leaves it open. The others wait: they are not what was announced.
 * @throws as visitMailbox
 */
export async function lookAtMailbox(
  pass: Pass,
  { session, watch }: Link,
  { account, specialUse }: { readonly account: SyncableAccount; readonly specialUse: SpecialUse },
): Promise<LookOutcome> {
  const stored = await listStoredMailboxes(pass.pool, pass.accountId)
  const mailbox = stored.find((found) => found.specialUse === specialUse && isWanted(found))
  if (mailbox === undefined) {
    return 'no_mailbox'
  }
  const notices = createProgressThrottle()
  const observed = observeExamine(session, watch, mailbox.path)
  const outcome = await visitMailbox({ ...pass, progress: notices }, observed.session, mailbox)
  if (outcome === 'unchanged') {
    return lacksSources(mailbox.cursor) ? 'time_up' : 'done'
  }
  // Of a mailbox that is numbered anew only the list came: its sources are the second turn of a pass (ADR 0021).
  if (outcome === 'time_up' || (await isWithoutSources(pass, mailbox.id))) {
    return 'time_up'
  }
  await endLook(pass, account, notices.heldBack)
  return outcome
}

async function isWithoutSources(pass: Pass, mailboxId: Uuid): Promise<boolean> {
  const stored = await listStoredMailboxes(pass.pool, pass.accountId)
  return stored.some((mailbox) => mailbox.id === mailboxId && lacksSources(mailbox.cursor))
}

/**
 * Storing something makes an account `syncing`; of one that was up to date this was all. One that is in the middle of something else, or in
 * error, is left to the pass that knows about the rest of it.
 */
async function endLook(pass: Pass, { state, userId }: SyncableAccount, noticesHeldBack: boolean): Promise<void> {
  await inPass(pass, async (client) => {
    if (state.status === 'synced' && state.errorCode === null) {
      await recordSyncEvent(client, pass.accountId, { type: 'finished' })
    }
    if (noticesHeldBack) {
      await publishLiveNotice(client, { kind: 'messages', userId, accountId: pass.accountId })
    }
  })
}
