import { setTimeout as delay } from 'node:timers/promises'
import { isWanted } from '../plan/is-wanted.ts'
import { listStoredMailboxes } from '../store/mailbox-store.ts'
import { lookAtMailbox, type Link } from './look-at-mailbox.ts'
import { enqueueRest, openLink, SOON, type WatchEnd } from './open-link.ts'
import { NO_IDLE_FOR_MS } from './plan-watch-end.ts'
import { fullWakeBudget, planWake } from './plan-wake.ts'
import type { Watched } from './watch-context.ts'
import { OUTDATED, underLease } from './watch-lease.ts'

/** Between two looks for room, and after an end of any kind: it is nice to have, and costs the server a connection. */
const AGAIN_MS = 5 * 60_000
/** What an account's server must bear: INBOX, Sent, and a job. */
const NEEDED_CONNECTIONS = 3

/**
 * Watches Sent, unless it is left out, over a connection of its own for as long as there is room for it: what another client sends is there within seconds. Nothing that
 * happens here is the account's failure, but for a rejected login, which is counted with the others. Ends when it is stopped; never throws.
 */
export async function watchSent(watched: Watched): Promise<void> {
  const { context, claim, signals } = watched
  while (!signals.stop.aborted && (claim.connectionCap ?? NEEDED_CONNECTIONS) >= NEEDED_CONNECTIONS) {
    let end: WatchEnd = { forMs: AGAIN_MS }
    try {
      end =
        (await context.seats.hold(claim.host, signals.stop, async (stop) => watchOnce({ ...watched, signals: { ...signals, stop } }))) ??
        end
    } catch (error) {
      context.logger.debug({ accountId: claim.accountId, error: error instanceof Error ? error.name : 'unknown' }, 'A watch of Sent ended.')
    }
    await rest(Math.max(end.forMs, AGAIN_MS) * (0.5 + Math.random()), signals.stop)
  }
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  // Only the signal ends it early, and then there is nothing to tell.
  await Promise.allSettled([delay(ms, undefined, { signal })])
}

async function watchOnce(watched: Watched): Promise<WatchEnd> {
  const { context, claim, signals } = watched
  const stored = await listStoredMailboxes(context.pool, claim.accountId)
  if (!stored.some((mailbox) => mailbox.specialUse === '\\Sent' && isWanted(mailbox))) {
    return { forMs: AGAIN_MS }
  }
  const opened = await openLink(watched, { purpose: 'sent', specialUse: '\\Sent' })
  if ('forMs' in opened) {
    return opened
  }
  await using link = opened
  const interrupt = (): void => link.watch.interrupt()
  signals.stop.addEventListener('abort', interrupt, { once: true })
  try {
    return signals.stop.aborted ? SOON : await followSent(watched, link)
  } finally {
    signals.stop.removeEventListener('abort', interrupt)
  }
}

async function followSent(watched: Watched, link: Link): Promise<WatchEnd> {
  const { context, claim, signals } = watched
  for (let budget = fullWakeBudget(performance.now()); ;) {
    const outcome = await link.watch.untilChanged()
    if (outcome !== 'changed') {
      return { forMs: outcome === 'refused' ? NO_IDLE_FOR_MS : 0 }
    }
    const plan = planWake(budget, performance.now())
    budget = plan.budget
    await delay(plan.waitMs, undefined, { signal: signals.stop })
    const look = await underLease(watched, async (pass, account) => lookAtMailbox(pass, link, { account, specialUse: '\\Sent' }))
    if (look === 'time_up') {
      await enqueueRest(context, claim.accountId)
    }
    if (look === OUTDATED || look === 'no_mailbox') {
      return SOON
    }
  }
}
