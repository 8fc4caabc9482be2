import { setTimeout as delay } from 'node:timers/promises'
import type { Pass } from '../pass.ts'
import type { SyncableAccount } from '../store/account-store.ts'
import { isUpToDate, lookAtAccount } from './look-at-account.ts'
import { lookAtMailbox, type Link, type LookOutcome } from './look-at-mailbox.ts'
import { enqueueRest, openLink, SOON, type WatchEnd } from './open-link.ts'
import { planCheckAfter } from './plan-check-time.ts'
import { NO_IDLE_FOR_MS } from './plan-watch-end.ts'
import { fullWakeBudget, planWake } from './plan-wake.ts'
import type { Watched } from './watch-context.ts'
import { OUTDATED, underLease } from './watch-lease.ts'
import { watchSent } from './watch-sent.ts'

const AT_ONCE: WatchEnd = { forMs: 0 }

/**
 * Watches one account until it is stopped: brings INBOX up to date, waits in IDLE, looks again whenever there is news, and does the passes that
 * every account gets from time to time, over the connection that is there. Where the server does not tell of the other mailboxes, Sent has a
 * connection of its own if there is room. @throws what a pass throws, and the reasons of the signals
 */
export async function watchAccount(watched: Watched, onWatching: () => void): Promise<WatchEnd> {
  const { signals } = watched
  const opened = await openLink(watched, { purpose: 'inbox', specialUse: '\\Inbox' })
  if ('forMs' in opened) {
    return opened
  }
  await using link = opened
  const { watch } = link
  const interrupt = (): void => watch.interrupt()
  signals.stop.addEventListener('abort', interrupt, { once: true })
  if (signals.stop.aborted) {
    interrupt()
  }
  onWatching()
  const aside = new AbortController()
  const sent = watch.coversAll
    ? null
    : watchSent({ ...watched, signals: { ...signals, stop: AbortSignal.any([signals.stop, aside.signal]) } })
  try {
    return await followNews(watched, link)
  } finally {
    signals.stop.removeEventListener('abort', interrupt)
    aside.abort(new Error('The watch of INBOX ended.'))
    await sent
  }
}

async function followNews(watched: Watched, link: Link): Promise<WatchEnd> {
  const { context, claim, signals } = watched
  let budget = fullWakeBudget(performance.now())
  // What happened elsewhere since the last pass was told to nobody: where all mailboxes are heard of, they are first brought to where that began.
  let checkAt = performance.now() + (link.watch.coversAll ? 0 : planCheckAfter(claim.sincePassMs, Math.random(), context.checkAfterMs))
  for (;;) {
    const outcome = await link.watch.untilChanged(Math.max(0, checkAt - performance.now()))
    switch (outcome) {
      case 'interrupted':
        return AT_ONCE
      case 'refused':
        return { forMs: NO_IDLE_FOR_MS }
      case 'changed':
      case 'elsewhere': {
        const plan = planWake(budget, performance.now())
        budget = plan.budget
        if (plan.waitMs > 0) {
          await delay(plan.waitMs, undefined, { signal: signals.stop })
        }
        // Elsewhere may be a mailbox that is left out: that is no reason for a pass.
        const look = outcome === 'changed' ? lookAgain(watched, lookAtInbox(link)) : check(watched, link)
        if ((await look) === OUTDATED) {
          return SOON
        }
        break
      }
      case 'due':
        checkAt = performance.now() + planCheckAfter(0, Math.random(), context.checkAfterMs)
        if ((await check(watched, link)) === OUTDATED) {
          return SOON
        }
        break
      default:
        return outcome satisfies never
    }
  }
}

type Look = (pass: Pass, account: SyncableAccount) => Promise<LookOutcome>

function lookAtInbox(link: Link): Look {
  return async (pass, account) => lookAtMailbox(pass, link, { account, specialUse: '\\Inbox' })
}

function lookAtAll(link: Link): Look {
  return async (pass, account) => lookAtAccount(pass, link, account)
}

/** The pass every account gets from time to time: nearly always there is nothing to do, and that is proved without a lease. */
async function check(watched: Watched, link: Link): Promise<LookOutcome | typeof OUTDATED> {
  const { context, claim } = watched
  link.watch.beginPass()
  if (await isUpToDate(context.pool, link.session, claim.accountId)) {
    context.confirm(claim.accountId)
    return 'done'
  }
  return await lookAgain(watched, lookAtAll(link))
}

async function lookAgain(watched: Watched, look: Look): Promise<LookOutcome | typeof OUTDATED> {
  const outcome = await underLease(watched, look)
  if (outcome === 'time_up' || outcome === 'no_mailbox') {
    await enqueueRest(watched.context, watched.claim.accountId)
  }
  // Without INBOX another mailbox is open: nothing that is heard from here on is what is waited for.
  return outcome === 'no_mailbox' ? OUTDATED : outcome
}
