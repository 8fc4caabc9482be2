import { publishLiveNotice } from '@maildock/db'
import { MailFault, type ImapSession, type MailboxStatus } from '@maildock/mail'
import { completeSources } from './ingest/complete-sources.ts'
import type { Pass } from './pass.ts'
import { isWanted } from './plan/is-wanted.ts'
import { lacksSources } from './plan/mailbox-cursor.ts'
import { planMailboxRetry } from './plan/plan-mailbox-retry.ts'
import { isUnchanged } from './plan/plan-visit.ts'
import { inPass } from './store/in-pass.ts'
import { listStoredMailboxes, recordTrouble, type StoredMailbox } from './store/mailbox-store.ts'
import { EpochsUnstable, visitMailbox, type VisitOutcome, type WorkOutcome } from './visit-mailbox.ts'

/** `finished`: the account is up to date. `continues`: the slice used its time, another one goes on. */
export type SyncOutcome = 'finished' | 'continues'

/** What is known of the mailboxes before any is opened. */
export interface Tour {
  readonly statuses: ReadonlyMap<string, MailboxStatus>
  /** Mailboxes visited since then are done in this pass. Null: none is. */
  readonly visitedSince: Date | null
}

/**
 * Brings the mailboxes of an account up to date in two turns: first everything is listed, then the sources that are still missing come. So the
 * whole account can be looked through long before the last attachment is there.
 */
export async function tourMailboxes(pass: Pass, session: ImapSession, tour: Tour): Promise<SyncOutcome> {
  const inboxFault = await visitMailboxes(pass, session, tour)
  if (inboxFault === 'time_up' || (await completeMailboxes(pass, session)) === 'time_up') {
    return 'continues'
  }
  if (inboxFault !== null) {
    throw inboxFault
  }
  return 'finished'
}

/** @returns what the account is to be told when everything else is done */
async function visitMailboxes(pass: Pass, session: ImapSession, { statuses, visitedSince }: Tour): Promise<MailFault | 'time_up' | null> {
  const stored = await listStoredMailboxes(pass.pool, pass.accountId)
  const mailboxes = stored.filter(isWanted)
  let inboxFault = mailboxes.some(isInboxUnstable) ? new EpochsUnstable(new Date()) : null
  for (const [index, mailbox] of mailboxes.entries()) {
    if (mailbox.parked || isDoneInPass(mailbox, visitedSince) || (await needsNoVisit(session, mailbox, statuses))) {
      continue
    }
    const outcome = await visitOrSkip(pass, session, { mailbox, visit: visitMailbox })
    inboxFault = outcome instanceof EpochsUnstable ? outcome : inboxFault
    // Looking at INBOX once more is no progress: where that alone takes the time, the mailbox behind it is visited in this slice all the same.
    const isProgress = mailbox.specialUse !== '\\Inbox' || visitedSince === null || !isVisitedSince(mailbox, visitedSince)
    if (outcome === 'time_up' || (isProgress && pass.isTimeUp() && index < mailboxes.length - 1)) {
      return 'time_up'
    }
  }
  return inboxFault
}

/** Their cursors are read anew: the visits moved them. The first one is always begun: the visits may have taken all the time, in every slice. */
async function completeMailboxes(pass: Pass, session: ImapSession): Promise<WorkOutcome> {
  const stored = await listStoredMailboxes(pass.pool, pass.accountId)
  const lacking = stored.filter((known) => isWanted(known) && !known.parked && lacksSources(known.cursor))
  for (const [index, mailbox] of lacking.entries()) {
    const mayBegin = index === 0 || !pass.isTimeUp()
    const outcome = mayBegin ? await visitOrSkip(pass, session, { mailbox, visit: completeSources }) : 'time_up'
    if (outcome === 'time_up') {
      return outcome
    }
  }
  return 'done'
}

/** Parked: the rest of the account is kept up to date, and the account says that INBOX is not. */
function isInboxUnstable({ specialUse, parked, errorCode }: StoredMailbox): boolean {
  return specialUse === '\\Inbox' && parked && errorCode === 'sync.uidvalidity_unstable'
}

/** A slice goes on behind the mailboxes its pass has done, or many small ones would keep it from the last. INBOX is always looked at. */
function isDoneInPass({ specialUse, visitedAt, widened }: StoredMailbox, visitedSince: Date | null): boolean {
  return specialUse !== '\\Inbox' && !widened && visitedSince !== null && isVisitedSince({ visitedAt }, visitedSince)
}

function isVisitedSince({ visitedAt }: Pick<StoredMailbox, 'visitedAt'>, since: Date): boolean {
  return visitedAt !== null && visitedAt >= since
}

/**
 * STATUS is asked only where it can prove something: a mailbox never finished is opened in any case, and so is one that could not be read the
 * last time, or it would be told to be in trouble until something in it changes.
 */
async function needsNoVisit(session: ImapSession, mailbox: StoredMailbox, statuses: ReadonlyMap<string, MailboxStatus>): Promise<boolean> {
  if (
    mailbox.errorCode !== null ||
    mailbox.widened ||
    mailbox.withheldDue ||
    mailbox.comparisonDue ||
    mailbox.cursor.uidNext === null ||
    mailbox.cursor.highestModseq === null
  ) {
    return false
  }
  return isUnchanged(mailbox.cursor, statuses.get(mailbox.path) ?? (await session.getStatus(mailbox.path)))
}

/**
 * A mailbox that cannot be read does not stop the others; it is left alone for a while. INBOX is the account: without it nothing is up
 * to date, and it has the backoff of the account.
 * @returns what the account is to be told when everything else is done
 */
async function visitOrSkip(
  pass: Pass,
  session: ImapSession,
  { mailbox, visit }: { readonly mailbox: StoredMailbox; readonly visit: typeof visitMailbox },
): Promise<VisitOutcome | MailFault> {
  try {
    return await visit(pass, session, mailbox)
  } catch (error) {
    const isInbox = mailbox.specialUse === '\\Inbox'
    if (!(error instanceof MailFault) || (isInbox && !(error instanceof EpochsUnstable))) {
      throw error
    }
    const confined = session.usable && error.class !== 'throttle'
    await keepTrouble(pass, mailbox, { fault: error, confined })
    if (!confined) {
      throw error
    }
    return isInbox ? error : 'done'
  }
}

interface Trouble {
  readonly fault: MailFault
  /** The other mailboxes can be read. */
  readonly confined: boolean
}

async function keepTrouble(pass: Pass, mailbox: StoredMailbox, { fault, confined }: Trouble): Promise<void> {
  const failures = mailbox.failures + 1
  const delayMs = planMailboxRetry({ class: fault.class, confined, failures })
  const later = delayMs === null ? null : new Date(Date.now() + delayMs)
  const nextAttemptAt = fault instanceof EpochsUnstable ? fault.parkedUntil : later
  pass.logger.warn(
    { mailboxId: mailbox.id, code: fault.code, class: fault.class, failures, delayMs },
    'A mailbox could not be read; it is tried again later.',
  )
  const key = { accountId: pass.accountId, mailboxId: mailbox.id }
  await inPass(pass, async (client) => {
    await recordTrouble(client, key, { code: fault.code, failures, nextAttemptAt })
    await publishLiveNotice(client, { kind: 'progress', userId: pass.userId, accountId: pass.accountId })
  })
}
