import { setTimeout as delay } from 'node:timers/promises'
import type { SpecialUse } from '@maildock/core'
import { createImapSession, createImapWatch, openImapConnection } from '@maildock/mail'
import type { Admission, HostRefusal } from '../hosts/host-gate.ts'
import { signInAdmitted } from '../hosts/sign-in-admitted.ts'
import type { Pass } from '../pass.ts'
import { describeFailure } from '../plan/describe-failure.ts'
import type { SyncableAccount } from '../store/account-store.ts'
import { enqueueSync } from '../tasks/enqueue-sync.ts'
import { recordFailedPass } from '../tasks/record-failed-pass.ts'
import { lookAtMailbox, type Link } from './look-at-mailbox.ts'
import { NO_IDLE_FOR_MS, planWatchEnd } from './plan-watch-end.ts'
import type { WatchContext, WatchSignals } from './watch-context.ts'
import { BUSY, OUTDATED, tryUnderLease } from './watch-lease.ts'
import type { WatchClaim } from './watch-store.ts'

/** How a watch ended that did not fail: nobody should take it up before `forMs` have passed. */
export interface WatchEnd {
  readonly forMs: number
}

/** The claim says something that is not so any more; it is read anew. */
export const SOON: WatchEnd = { forMs: 5_000 }
const BUSY_PAUSE_MS = 1_000
/** The host has as many connections as it allows. */
const FULL_FOR_MS = 5 * 60_000

/** Disposing says goodbye to the server, and gives the place at it back. */
export interface AdmittedLink extends Link, AsyncDisposable {}

/** Of the watches of an account, which one. */
export interface WatchPlace {
  readonly purpose: 'inbox' | 'sent'
  readonly specialUse: SpecialUse
}

/**
 * Opens a connection that watches a mailbox, which is brought up to date with it: waits for the host's gate and for the account's lease, signs in
 * and looks. @throws what a pass throws, and the reasons of the signals
 */
export async function openLink(
  context: WatchContext,
  claim: WatchClaim,
  signals: WatchSignals,
  place: WatchPlace,
): Promise<AdmittedLink | WatchEnd> {
  const { host, accountId } = claim
  for (;;) {
    const admission = await context.hosts.admit({ host, accountId, purpose: place.purpose }, signals.stop)
    if (!admission.admitted) {
      return endAfterRefusal(admission)
    }
    const opened = await openAdmitted(context, claim, signals, { place, admission })
    if (opened !== BUSY) {
      return opened
    }
    // Without the admission: while a job is at one account, others sign in.
    await delay(BUSY_PAUSE_MS * (0.5 + Math.random()), undefined, { signal: signals.stop })
  }
}

/** Spread: what was turned away together does not come back together. */
function endAfterRefusal({ because, retryAfterMs }: HostRefusal): WatchEnd {
  return { forMs: Math.round((because === 'full' ? FULL_FOR_MS : retryAfterMs) * (1 + Math.random())) }
}

interface Admitted {
  readonly place: WatchPlace
  readonly admission: Admission
}

/**
 * Signs in and looks for the first time, in one lease: two that try a password that is wrong do so one after the other, and the second knows of
 * the first. What does not end with a link gives the admission back.
 */
async function openAdmitted(
  context: WatchContext,
  claim: WatchClaim,
  signals: WatchSignals,
  { place, admission }: Admitted,
): Promise<AdmittedLink | WatchEnd | typeof BUSY> {
  let opened: Link | WatchEnd | typeof BUSY | typeof OUTDATED = SOON
  try {
    opened = await context.loginSlots.hold(signals.stop, async () =>
      tryUnderLease(context, claim, signals, async (pass, account) => openInLease(context, { pass, account, signals, place, admission })),
    )
  } finally {
    if (opened === BUSY || opened === OUTDATED || 'forMs' in opened) {
      admission[Symbol.dispose]()
    }
  }
  if (opened === OUTDATED) {
    return SOON
  }
  return opened === BUSY || 'forMs' in opened ? opened : hold(opened, admission)
}

function hold({ session, watch }: Link, admission: Admission): AdmittedLink {
  return {
    session,
    watch,
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]()
      admission[Symbol.dispose]()
    },
  }
}

interface Work extends Admitted {
  readonly pass: Pass
  readonly account: SyncableAccount
  readonly signals: WatchSignals
}

async function openInLease(context: WatchContext, work: Work): Promise<Link | WatchEnd> {
  const { state, sealedPassword } = work.account
  const link = state.errorCode !== null || sealedPassword === null ? null : await signIn(context, work)
  if (link === null) {
    return SOON
  }
  try {
    return link.watch.offered ? await firstLook(context, link, work) : await giveUp(link)
  } catch (error) {
    await link.session[Symbol.asyncDispose]()
    throw error
  }
}

async function firstLook(context: WatchContext, link: Link, { pass, account, signals, place }: Work): Promise<Link | WatchEnd> {
  const { specialUse } = place
  const outcome = await context.passSlots.hold(signals.stop, async () => lookAtMailbox(pass, link, { account, specialUse }))
  if (outcome === 'no_mailbox') {
    return await giveUp(link)
  }
  if (outcome === 'time_up') {
    await enqueueRest(context, pass.accountId)
  }
  if (place.purpose === 'inbox') {
    await link.watch.coverAll()
  }
  return link
}

async function giveUp({ session }: Link): Promise<WatchEnd> {
  await session[Symbol.asyncDispose]()
  return { forMs: NO_IDLE_FOR_MS }
}

/** @returns null when the account's own failure was recorded: the job queue goes on from there */
async function signIn({ vault, egress }: WatchContext, { pass, account, signals, admission }: Work): Promise<Link | null> {
  const { server, username, sealedPassword } = account
  if (sealedPassword === null) {
    return null
  }
  try {
    const connection = await vault.withOpened(sealedPassword, { accountId: pass.accountId, field: 'imap_password' }, async (password) =>
      signInAdmitted(admission, async () => openImapConnection({ server, username, password }, { egress, signal: signals.abort })),
    )
    return {
      session: createImapSession(connection, signals.abort),
      watch: createImapWatch(connection, { signal: signals.abort }),
    }
  } catch (error) {
    signals.abort.throwIfAborted()
    return await judgeLogin(pass, error)
  }
}

async function judgeLogin(pass: Pass, error: unknown): Promise<null> {
  const failure = describeFailure(error)
  if (planWatchEnd({ class: failure.class, failures: 1 }, 0).do === 'record') {
    pass.logger.warn({ code: failure.code, class: failure.class }, 'An account can be watched no more; its failure is recorded.')
    await recordFailedPass(pass, failure)
    return null
  }
  throw error
}

/** What a look has no time for is a job's: it has, and others can see to it as well. */
export async function enqueueRest({ pool }: WatchContext, accountId: string): Promise<void> {
  await enqueueSync(pool, { payload: { accountId, reason: 'continue' } })
}
