import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { acquireLease } from '@maildock/db'
import { LEASE_TTL_MS, holdLease } from '../hold-lease.ts'
import { createProgressThrottle, type Pass } from '../pass.ts'
import { findSyncableAccount, type SyncableAccount } from '../store/account-store.ts'
import type { Watched } from './watch-context.ts'

/** The account was disconnected or changed: the claim is worth nothing any more. */
export const OUTDATED = Symbol('outdated')

/** A job is at the account. */
export const BUSY = Symbol('busy')

/** A look that takes longer goes on as a job, so that the lease is free for what a person asks for. */
const LOOK_MS = 10_000
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 1_000

type Use<T> = (pass: Pass, account: SyncableAccount) => Promise<T>

/**
 * Runs a pass of a watcher. It holds the lease for as long as it works and not while it waits for news: a job that a person waits for finds it
 * free nearly always. While a job holds it, the watcher waits; what it heard may have come after the job had looked. Its turn among the passes of
 * the process comes before the lease: one that is held while nothing is done keeps others away.
 */
export async function underLease<T>(watched: Watched, use: Use<T>): Promise<T | typeof OUTDATED> {
  const { passSlots } = watched.context
  const { stop } = watched.signals
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const outcome = await passSlots.hold(stop, async () => tryUnderLease(watched, use))
    if (outcome !== BUSY) {
      return outcome
    }
    // Also of an account that was disconnected: then the claim is taken away, and the signal ends this.
    await delay(waitMs * (0.5 + Math.random()), undefined, { signal: stop })
  }
}

/** The same for who must not wait. */
export async function tryUnderLease<T>({ context, claim, signals }: Watched, use: Use<T>): Promise<T | typeof OUTDATED | typeof BUSY> {
  const { pool, parser, memory, logger, workerId } = context
  const { accountId, revision } = claim
  const { stop, abort } = signals
  const lease = await acquireLease(pool, { accountId, holder: `${workerId}/${randomUUID()}`, ttlMs: LEASE_TTL_MS })
  if (lease === null) {
    return BUSY
  }
  await using held = holdLease(pool, lease, logger)
  const account = await findSyncableAccount(pool, accountId)
  if (account === null || account.revision !== revision) {
    return OUTDATED
  }
  const endsAt = performance.now() + LOOK_MS
  const pass: Pass = {
    accountId,
    userId: account.userId,
    revision,
    lease: held.lease,
    pool,
    parser,
    memory,
    logger: logger.child({ accountId, reason: 'watch' }),
    signal: AbortSignal.any([held.signal, abort]),
    isTimeUp: () => performance.now() >= endsAt || stop.aborted,
    progress: createProgressThrottle(),
    recordsVisits: false,
  }
  return await use(pass, account)
}
