import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { ImapSession } from '@maildock/mail'
import type { Pass } from '../pass.ts'
import { provesUpToDate } from '../plan/plan-check.ts'
import { recordSliceStart, type SyncableAccount } from '../store/account-store.ts'
import { inPass, mayBeDoneAgain } from '../store/in-pass.ts'
import { listStoredMailboxes } from '../store/mailbox-store.ts'
import { recordConnected, syncOverSession } from '../sync-account.ts'
import { hasThreadBacklog, threadBacklog } from '../threads/thread-backlog.ts'
import { lookAtMailbox, type Link, type LookOutcome } from './look-at-mailbox.ts'
import { observeExamine } from './observe-examine.ts'

const INBOX = 'INBOX'

/**
 * A whole pass over the connection that watches INBOX, which is open again afterwards: a sign-in less, and a connection less than a job needs.
 * @throws as syncOverSession
 */
export async function lookAtAccount(pass: Pass, link: Link, account: SyncableAccount): Promise<LookOutcome> {
  await inPass(pass, async (client) => {
    await mayBeDoneAgain(client)
    await recordSliceStart(client, pass.accountId, false)
  })
  await recordConnected(pass, account)
  await threadBacklog(pass)
  link.watch.beginPass()
  const observed = observeExamine(link.session, link.watch, INBOX)
  const outcome = await syncOverSession({ ...pass, recordsVisits: true }, observed.session, null)
  if (!observed.needsLook) {
    return outcome === 'finished' ? 'done' : 'time_up'
  }
  const look = await lookAtMailbox(pass, link, { account, specialUse: '\\Inbox' })
  return outcome === 'finished' ? look : 'time_up'
}

/**
 * Whether one command to the server (LIST with STATUS, RFC 5819) and two to the database prove that there is nothing to do, so that no lease is
 * needed to say so. Also a sign of life of the server. @throws MailFault
 */
export async function isUpToDate(executor: SqlExecutor, session: ImapSession, accountId: Uuid): Promise<boolean> {
  if (!session.capabilities.has('LIST-STATUS')) {
    return false
  }
  const list = await session.listMailboxes()
  return provesUpToDate(list, await listStoredMailboxes(executor, accountId)) && !(await hasThreadBacklog(executor, accountId))
}
