import { setTimeout as delay } from 'node:timers/promises'
import { createImapSession, createImapWatch, openImapConnection, type ImapSession, type ImapWatch } from '@maildock/mail'
import type { Admission, HostRefusal } from '../hosts/host-gate.ts'
import { signInAdmitted } from '../hosts/sign-in-admitted.ts'
import type { Pass } from '../pass.ts'
import { describeFailure } from '../plan/describe-failure.ts'
import type { SyncableAccount } from '../store/account-store.ts'
import { enqueueSync } from '../tasks/enqueue-sync.ts'
import { recordFailedPass } from '../tasks/record-failed-pass.ts'
import { lookAtInbox, type LookOutcome } from './look-at-inbox.ts'
import { NO_IDLE_FOR_MS, planWatchEnd } from './plan-watch-end.ts'
import { fullWakeBudget, planWake } from './plan-wake.ts'
import type { WatchContext, WatchSignals } from './watch-context.ts'
import { BUSY, OUTDATED, tryUnderLease, underLease } from './watch-lease.ts'
import type { WatchClaim } from './watch-store.ts'

/** How a watch ended that did not fail: nobody should take the account up before `forMs` have passed. */
export interface WatchEnd {
  readonly forMs: number
}

const AT_ONCE: WatchEnd = { forMs: 0 }
/** The claim says something that is not so any more; it is read anew. */
const SOON: WatchEnd = { forMs: 5_000 }
const BUSY_PAUSE_MS = 1_000
/** The host has as many connections as it allows. */
const FULL_FOR_MS = 5 * 60_000

interface Link {
  readonly session: ImapSession
  readonly watch: ImapWatch
}

/**
 * Watches one account over one connection until it is stopped: signs in under the lease, brings INBOX up to date, waits in IDLE, and looks again
 * whenever there is news. @throws what a pass throws, and the reasons of the signals
 */
export async function watchAccount(
  context: WatchContext,
  claim: WatchClaim,
  signals: WatchSignals,
  onWatching: () => void,
): Promise<WatchEnd> {
  for (;;) {
    const { host, accountId } = claim
    const answer = await context.hosts.admit({ host, accountId, purpose: 'inbox' }, signals.stop)
    if (!answer.admitted) {
      return endAfterRefusal(answer)
    }
    using admission = answer
    const opened = await openLink(context, claim, signals, admission)
    if (opened !== BUSY) {
      return 'forMs' in opened ? opened : await watchOver(context, claim, signals, { ...opened, onWatching })
    }
    // Without the admission: while a job is at one account, others sign in.
    admission[Symbol.dispose]()
    await delay(BUSY_PAUSE_MS * (0.5 + Math.random()), undefined, { signal: signals.stop })
  }
}

/** Spread: what was turned away together does not come back together. */
function endAfterRefusal({ because, retryAfterMs }: HostRefusal): WatchEnd {
  return { forMs: Math.round((because === 'full' ? FULL_FOR_MS : retryAfterMs) * (1 + Math.random())) }
}

async function watchOver(
  context: WatchContext,
  claim: WatchClaim,
  signals: WatchSignals,
  opened: Link & { readonly onWatching: () => void },
): Promise<WatchEnd> {
  await using session = opened.session
  const { watch } = opened
  const interrupt = (): void => watch.interrupt()
  signals.stop.addEventListener('abort', interrupt, { once: true })
  if (signals.stop.aborted) {
    interrupt()
  }
  opened.onWatching()
  try {
    return await followNews(context, claim, signals, { session, watch })
  } finally {
    signals.stop.removeEventListener('abort', interrupt)
  }
}

/**
 * Signs in and looks for the first time, in one lease: two that try a password that is wrong do so one after the other, and the second knows of
 * the first. The connection is the caller's.
 */
async function openLink(
  context: WatchContext,
  claim: WatchClaim,
  signals: WatchSignals,
  admission: Admission,
): Promise<Link | WatchEnd | typeof BUSY> {
  const opened = await context.loginSlots.hold(signals.stop, async () =>
    tryUnderLease(context, claim, signals, async (pass, account) => openInLease(context, { pass, account, signals, admission })),
  )
  return opened === OUTDATED ? SOON : opened
}

async function openInLease(context: WatchContext, work: Work & { readonly admission: Admission }): Promise<Link | WatchEnd> {
  const { state, sealedPassword } = work.account
  const link = state.errorCode !== null || sealedPassword === null ? null : await signIn(context, work)
  if (link === null) {
    return SOON
  }
  try {
    return link.watch.offered ? await firstLook(context, link, work) : await giveUp(link, NO_IDLE_FOR_MS)
  } catch (error) {
    await link.session[Symbol.asyncDispose]()
    throw error
  }
}

interface Work {
  readonly pass: Pass
  readonly account: SyncableAccount
  readonly signals: WatchSignals
}

async function firstLook(context: WatchContext, link: Link, { pass, account, signals }: Work): Promise<Link | WatchEnd> {
  const outcome = await context.passSlots.hold(signals.stop, async () => lookAtInbox(pass, link, account))
  if (outcome === 'time_up') {
    await enqueueRest(context, pass.accountId)
  }
  return outcome === 'no_inbox' ? await giveUp(link, NO_IDLE_FOR_MS) : link
}

async function giveUp({ session }: Link, forMs: number): Promise<WatchEnd> {
  await session[Symbol.asyncDispose]()
  return { forMs }
}

/** @returns null when the account's own failure was recorded: the job queue goes on from there */
async function signIn(
  { vault, egress }: WatchContext,
  { pass, account, signals, admission }: Work & { readonly admission: Admission },
): Promise<Link | null> {
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

async function followNews(context: WatchContext, claim: WatchClaim, signals: WatchSignals, link: Link): Promise<WatchEnd> {
  let budget = fullWakeBudget(performance.now())
  for (;;) {
    const outcome = await link.watch.untilChanged()
    switch (outcome) {
      case 'interrupted':
        return AT_ONCE
      case 'refused':
        return { forMs: NO_IDLE_FOR_MS }
      case 'changed': {
        const plan = planWake(budget, performance.now())
        budget = plan.budget
        if (plan.waitMs > 0) {
          await delay(plan.waitMs, undefined, { signal: signals.stop })
        }
        if ((await lookAgain(context, claim, signals, link)) === OUTDATED) {
          return SOON
        }
        break
      }
      default:
        return outcome satisfies never
    }
  }
}

async function lookAgain(
  context: WatchContext,
  claim: WatchClaim,
  signals: WatchSignals,
  link: Link,
): Promise<LookOutcome | typeof OUTDATED> {
  const outcome = await underLease(context, claim, signals, async (pass, account) =>
    context.passSlots.hold(signals.stop, async () => lookAtInbox(pass, link, account)),
  )
  if (outcome === 'time_up' || outcome === 'no_inbox') {
    await enqueueRest(context, claim.accountId)
  }
  return outcome
}

/** What a look has no time for is a job's: it has, and others can see to it as well. */
async function enqueueRest({ pool }: WatchContext, accountId: string): Promise<void> {
  await enqueueSync(pool, { payload: { accountId, reason: 'continue' } })
}
