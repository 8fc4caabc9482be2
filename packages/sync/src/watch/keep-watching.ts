import { setTimeout as delay } from 'node:timers/promises'
import { LeaseLostError } from '@maildock/db'
import { describeFailure } from '../plan/describe-failure.ts'
import { PassOutdatedError } from '../store/in-pass.ts'
import type { WatchEnd } from './open-link.ts'
import { planWatchEnd } from './plan-watch-end.ts'
import { watchAccount } from './watch-account.ts'
import type { Watched } from './watch-context.ts'

/** A connection that lived so long did not fail for want of trying. */
export const LIVED_MS = 5 * 60_000

/**
 * Watches an account, and connects again after what passes by itself. Tells when its connection is open and INBOX up to date, and when that is over.
 * @returns for how long the account is to be left alone, in milliseconds
 */
export async function keepWatching(watched: Watched, tell: (isWatching: boolean) => void): Promise<number> {
  const { context, claim, signals } = watched
  for (let failures = 0; ;) {
    let watchedAt: number | null = null
    const onWatching = (): void => {
      watchedAt = performance.now()
      tell(true)
    }
    try {
      return (await watchOnce(watched, { onWatching, onEnd: () => tell(false) })).forMs
    } catch (error) {
      if (signals.stop.aborted || error instanceof LeaseLostError || error instanceof PassOutdatedError) {
        return 0
      }
      const lived = watchedAt !== null && performance.now() - watchedAt >= LIVED_MS
      failures = lived ? 1 : failures + 1
      const failure = describeFailure(error)
      const plan = planWatchEnd({ class: failure.class, failures, retryAfterMs: failure.retryAfterMs }, Math.random())
      context.logger.info(
        {
          accountId: claim.accountId,
          code: failure.code,
          class: failure.class,
          error: error instanceof Error ? error.name : 'unknown',
          failures,
          plan: plan.do,
        },
        'A watch was interrupted.',
      )
      if (plan.do !== 'retry') {
        return plan.do === 'poll' ? plan.forMs : LIVED_MS
      }
      await delay(plan.afterMs, undefined, { signal: signals.stop })
    }
  }
}

interface Listener {
  readonly onWatching: () => void
  /** Before anything else is done about it: what pauses has no connection. */
  readonly onEnd: () => void
}

async function watchOnce(watched: Watched, { onWatching, onEnd }: Listener): Promise<WatchEnd> {
  try {
    return await watchAccount(watched, onWatching)
  } finally {
    onEnd()
  }
}
