import { MailFault, openImapSession, type EgressPolicy, type ImapSession, type MailboxStatus, type Parser } from '@maildock/mail'
import type { Vault } from '@maildock/vault'
import { followRenames } from './follow-renames.ts'
import type { Admission } from './hosts/host-gate.ts'
import { signInAdmitted } from './hosts/sign-in-admitted.ts'
import type { Pass } from './pass.ts'
import { planMailboxRetry } from './plan/plan-mailbox-retry.ts'
import { planMailboxList } from './plan/plan-mailbox-list.ts'
import { isUnchanged } from './plan/plan-visit.ts'
import { recordPassEnd, recordSliceStart, recordSyncEvent, type SyncableAccount } from './store/account-store.ts'
import { inPass } from './store/in-pass.ts'
import { listLongGone, listStoredMailboxes, recordTrouble, saveMailboxList, startEpoch, type StoredMailbox } from './store/mailbox-store.ts'
import { removeAllPlacements } from './store/placement-store.ts'
import { threadBacklog } from './threads/thread-backlog.ts'
import { EpochsUnstable, visitMailbox } from './visit-mailbox.ts'

export interface SyncDependencies {
  readonly vault: Vault
  readonly egress: EgressPolicy
  readonly parser: Parser
}

export interface SignInDependencies extends Pick<SyncDependencies, 'vault' | 'egress'> {
  /** By the gate of the host. Absent: nobody keeps count. */
  readonly admission?: Admission | undefined
}

/** `finished`: the account is up to date. `continues`: the slice used its time, another one goes on. */
export type SyncOutcome = 'finished' | 'continues'

/**
 * Signs in and brings one account up to date, or as far as the time of the slice allows. The caller holds the lease and decides what a
 * failure means. @throws MailFault, MaildockError credentials.unreadable, LeaseLostError, PassOutdatedError
 */
export async function syncAccount(
  pass: Pass,
  account: SyncableAccount,
  dependencies: SignInDependencies,
  continues = false,
): Promise<SyncOutcome> {
  const startedAt = await inPass(pass, async (client) => recordSliceStart(client, pass.accountId, continues))
  await threadBacklog(pass)
  await using session = await openSession(pass, account, dependencies)
  return await syncOverSession(pass, session, continues ? startedAt : null)
}

/**
 * The same over a connection that is open already, whoever holds it. `visitedSince`: mailboxes visited since then are done in this pass.
 */
export async function syncOverSession(pass: Pass, session: ImapSession, visitedSince: Date | null): Promise<SyncOutcome> {
  await inPass(pass, async (client) => recordSyncEvent(client, pass.accountId, { type: 'connected' }))
  const statuses = await refreshMailboxList(pass, session)
  const outcome = await visitMailboxes(pass, session, { statuses, visitedSince })
  await inPass(pass, async (client) => {
    await recordSyncEvent(client, pass.accountId, { type: outcome === 'finished' ? 'finished' : 'continued' })
    if (outcome === 'finished') {
      await recordPassEnd(client, pass)
    }
  })
  return outcome
}

/** The password is open for as long as it takes to sign in, and nowhere else. */
async function openSession(pass: Pass, account: SyncableAccount, { vault, egress, admission }: SignInDependencies): Promise<ImapSession> {
  const { server, username, sealedPassword } = account
  if (sealedPassword === null) {
    throw new MailFault({
      code: 'imap.authentication_failed',
      stage: 'auth',
      class: 'credential',
      hint: 'The password of this account is not stored any more. Enter it again.',
    })
  }
  const binding = { accountId: pass.accountId, field: 'imap_password' } as const
  return vault.withOpened(sealedPassword, binding, async (password) => {
    const open = async (): Promise<ImapSession> => openImapSession({ server, username, password }, { egress, signal: pass.signal })
    return admission === undefined ? open() : signInAdmitted(admission, open)
  })
}

/** Stores the list of mailboxes. @returns what the server told about each beside its name */
async function refreshMailboxList(pass: Pass, session: ImapSession): Promise<ReadonlyMap<string, MailboxStatus>> {
  const list = await session.listMailboxes()
  const stored = await listStoredMailboxes(pass.pool, pass.accountId)
  const known = (await followRenames(pass, session, { list, known: stored }))
    ? await listStoredMailboxes(pass.pool, pass.accountId)
    : stored
  const plan = planMailboxList(list, known)
  if (!list.complete) {
    pass.logger.warn({ mailboxes: list.mailboxes.length }, 'The list of mailboxes is not complete; none is taken for gone.')
  }
  await inPass(pass, async (client) => saveMailboxList(client, pass.accountId, plan))
  await emptyLongGone(pass)
  return new Map(list.mailboxes.flatMap(({ path, status }) => (status === null ? [] : [[path, status] as const])))
}

/** A deleted mailbox takes its messages with it, a while later. One that comes back all the same begins anew: ids are found by source. */
async function emptyLongGone(pass: Pass): Promise<void> {
  const { accountId, pool } = pass
  for (const mailboxId of await listLongGone(pool, accountId)) {
    await inPass(pass, async (client) => {
      await startEpoch(client, accountId, mailboxId, { uidValidity: null, highestModseq: null })
      await removeAllPlacements(client, { accountId, mailboxId })
    })
  }
}

interface Tour {
  readonly statuses: ReadonlyMap<string, MailboxStatus>
  /** Mailboxes visited since then are done in this pass. Null: none is. */
  readonly visitedSince: Date | null
}

async function visitMailboxes(pass: Pass, session: ImapSession, { statuses, visitedSince }: Tour): Promise<SyncOutcome> {
  const stored = await listStoredMailboxes(pass.pool, pass.accountId)
  const mailboxes = stored.filter(({ gone, selectable }) => selectable && !gone)
  let inboxFault = mailboxes.some(isInboxUnstable) ? new EpochsUnstable(new Date()) : null
  for (const [index, mailbox] of mailboxes.entries()) {
    if (mailbox.parked || isDoneInPass(mailbox, visitedSince) || (await needsNoVisit(session, mailbox, statuses))) {
      continue
    }
    const outcome = await visitOrSkip(pass, session, mailbox)
    inboxFault = outcome instanceof EpochsUnstable ? outcome : inboxFault
    if (outcome === 'time_up' || (pass.isTimeUp() && index < mailboxes.length - 1)) {
      return 'continues'
    }
  }
  if (inboxFault !== null) {
    throw inboxFault
  }
  return 'finished'
}

/** Parked: the rest of the account is kept up to date, and the account says that INBOX is not. */
function isInboxUnstable({ specialUse, parked, errorCode }: StoredMailbox): boolean {
  return specialUse === '\\Inbox' && parked && errorCode === 'sync.uidvalidity_unstable'
}

/** A slice goes on behind the mailboxes its pass has done, or many small ones would keep it from the last. INBOX is always looked at. */
function isDoneInPass({ specialUse, visitedAt }: StoredMailbox, visitedSince: Date | null): boolean {
  return specialUse !== '\\Inbox' && visitedSince !== null && visitedAt !== null && visitedAt >= visitedSince
}

/** STATUS is asked only where it can prove something: a mailbox never finished is opened in any case. */
async function needsNoVisit(session: ImapSession, mailbox: StoredMailbox, statuses: ReadonlyMap<string, MailboxStatus>): Promise<boolean> {
  if (mailbox.withheldDue || mailbox.comparisonDue || mailbox.cursor.uidNext === null || mailbox.cursor.highestModseq === null) {
    return false
  }
  return isUnchanged(mailbox.cursor, statuses.get(mailbox.path) ?? (await session.getStatus(mailbox.path)))
}

/**
 * A mailbox that cannot be read does not stop the others; it is left alone for a while. INBOX is the account: without it nothing is up
 * to date, and it has the backoff of the account.
 * @returns what the account is to be told when everything else is done
 */
async function visitOrSkip(pass: Pass, session: ImapSession, mailbox: StoredMailbox): Promise<'done' | 'time_up' | MailFault> {
  try {
    return await visitMailbox(pass, session, mailbox)
  } catch (error) {
    const isInbox = mailbox.specialUse === '\\Inbox'
    if (!(error instanceof MailFault) || (isInbox && !(error instanceof EpochsUnstable))) {
      throw error
    }
    const confined = session.usable && error.class !== 'throttle'
    await keepTrouble(pass, mailbox, error, confined)
    if (!confined) {
      throw error
    }
    return isInbox ? error : 'done'
  }
}

async function keepTrouble(pass: Pass, mailbox: StoredMailbox, fault: MailFault, confined: boolean): Promise<void> {
  const failures = mailbox.failures + 1
  const delayMs = planMailboxRetry({ class: fault.class, confined, failures })
  const later = delayMs === null ? null : new Date(Date.now() + delayMs)
  const nextAttemptAt = fault instanceof EpochsUnstable ? fault.parkedUntil : later
  pass.logger.warn(
    { mailboxId: mailbox.id, code: fault.code, class: fault.class, failures, delayMs },
    'A mailbox could not be read; it is tried again later.',
  )
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  await inPass(pass, async (client) => recordTrouble(client, key, { code: fault.code, failures, nextAttemptAt }))
}
