import {
  MailFault,
  openImapSession,
  type EgressPolicy,
  type ImapSession,
  type MailboxList,
  type MailboxStatus,
  type Parser,
} from '@maildock/mail'
import { publishLiveNotice } from '@maildock/db'
import type { Vault } from '@maildock/vault'
import { followRenames } from './follow-renames.ts'
import type { Admission } from './hosts/admission.ts'
import { signInAdmitted } from './hosts/sign-in-admitted.ts'
import type { SourceMemory } from './ingest/source-memory.ts'
import type { Pass } from './pass.ts'
import { provesUpToDate } from './plan/plan-check.ts'
import { planMailboxList } from './plan/plan-mailbox-list.ts'
import { fileSentCopies } from './sent/file-sent-copies.ts'
import { recordPassEnd, recordSliceStart, recordSyncEvent, type SyncableAccount } from './store/account-store.ts'
import { startEpoch } from './store/cursor-store.ts'
import { inPass, mayBeDoneAgain } from './store/in-pass.ts'
import { listLongGone, listStoredMailboxes, saveMailboxList, type StoredMailbox } from './store/mailbox-store.ts'
import { removeAllPlacements } from './store/placement-store.ts'
import { tourMailboxes, type SyncOutcome } from './tour-mailboxes.ts'

export type { SyncOutcome } from './tour-mailboxes.ts'

/** What a pass is done with, of a process. */
export interface SyncDependencies {
  readonly vault: Vault
  readonly egress: EgressPolicy
  readonly parser: Parser
  /** For the sources on their way into the database, of all passes of the process. */
  readonly memory: SourceMemory
}

/** What it takes to sign in. */
export interface SignInDependencies extends Pick<SyncDependencies, 'vault' | 'egress'> {
  /** By the gate of the host. Absent: nobody keeps count. */
  readonly admission?: Admission | undefined
}

/** What a slice is done with, and of which pass it is. */
export interface SliceOptions extends SignInDependencies {
  /** The pass has begun in an earlier slice. Default: it begins now. */
  readonly continues?: boolean
}

/**
 * Signs in and brings one account up to date, or as far as the time of the slice allows. The caller holds the lease, has seen to what needs no
 * connection (`threadBacklog`), and decides what a failure means. @throws MailFault, MaildockError credentials.unreadable, LeaseLostError, PassOutdatedError
 */
export async function syncAccount(pass: Pass, account: SyncableAccount, options: SliceOptions): Promise<SyncOutcome> {
  const { continues = false } = options
  const startedAt = await inPass(pass, async (client) => {
    await mayBeDoneAgain(client)
    return recordSliceStart(client, pass.accountId, continues)
  })
  await using session = await openSession(pass, account, options)
  await recordConnected(pass, account)
  return await syncOverSession(pass, session, continues ? startedAt : null)
}

/** Signing in proved something: of an account that waits for it, or is in error, that is told before anything else can fail. */
export async function recordConnected(pass: Pass, { state }: Pick<SyncableAccount, 'state'>): Promise<void> {
  if (state.status === 'pending' || state.errorCode !== null) {
    await inPass(pass, async (client) => recordSyncEvent(client, pass.accountId, { type: 'connected' }))
  }
}

/**
 * The same over a connection that is open already, whoever holds it; that it is was told before (`recordConnected`). `visitedSince`: mailboxes visited
 * since then are done in this pass. Where the list of mailboxes proves that there is nothing to do, that is all.
 * @throws MailFault, LeaseLostError, PassOutdatedError
 */
export async function syncOverSession(pass: Pass, session: ImapSession, visitedSince: Date | null): Promise<SyncOutcome> {
  const told = await session.listMailboxes()
  const list = (await fileSentCopies(pass, session, told)) ? await session.listMailboxes() : told
  const stored = await listStoredMailboxes(pass.pool, pass.accountId)
  if (provesUpToDate(list, stored)) {
    await emptyLongGone(pass)
    await recordOutcome(pass, 'finished')
    return 'finished'
  }
  const statuses = await refreshMailboxList(pass, session, { list, stored })
  const outcome = await tourMailboxes(pass, session, { statuses, visitedSince })
  await recordOutcome(pass, outcome)
  return outcome
}

async function recordOutcome(pass: Pass, outcome: SyncOutcome): Promise<void> {
  await inPass(pass, async (client) => {
    await mayBeDoneAgain(client)
    await recordSyncEvent(client, pass.accountId, { type: outcome === 'finished' ? 'finished' : 'continued' })
    if (pass.progress.heldBack) {
      await publishLiveNotice(client, { kind: 'messages', userId: pass.userId, accountId: pass.accountId })
    }
    if (outcome === 'finished') {
      await recordPassEnd(client, pass)
    }
  })
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
async function refreshMailboxList(
  pass: Pass,
  session: ImapSession,
  { list, stored }: { readonly list: MailboxList; readonly stored: readonly StoredMailbox[] },
): Promise<ReadonlyMap<string, MailboxStatus>> {
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
    const key = { accountId, mailboxId }
    await inPass(pass, async (client) => {
      await startEpoch(client, key, { uidValidity: null, highestModseq: null })
      await removeAllPlacements(client, key)
    })
  }
}
