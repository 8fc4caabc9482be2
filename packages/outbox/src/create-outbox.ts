import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Uuid } from '@maildock/core'
import { attemptSubmission, type AttemptContext } from './attempt-submission.ts'
import { claimDue, recoverClaims, type Claim } from './store/claim-store.ts'
import type { Settled } from './store/settle-store.ts'

/** While attempts are under way, what became due is looked for so often. */
const LOOK_AGAIN_MS = 1_000

export interface OutboxOptions extends Omit<AttemptContext, 'signal'> {
  /** Attempts at once. One waits for its server for up to minutes, and costs next to nothing meanwhile. Default 50. */
  readonly concurrency?: number
  /** Attempts at once for one account. Default 2. */
  readonly perAccount?: number
}

/** The part of a worker that sends what is due. Disposing ends it: attempts before their hand-over are given up, the others are left to their marker. */
export interface Outbox extends AsyncDisposable {
  /** Attempts under way. */
  readonly attempting: number
  /**
   * Makes the first attempt at a submission that was claimed when it was accepted. @returns what came of it; null when the attempt ended early, by a
   * fault of ours too: the submission is taken up again
   */
  attempt(claim: Claim): Promise<Settled | null>
  /** Takes what is due, until nothing is due and nothing is under way; to be called again and again, never twice at once. */
  turn(): Promise<void>
  /** Takes back what processes had claimed that died; to be called again and again. */
  recover(): Promise<void>
}

/**
 * Sends what is due: later attempts, what was scheduled, and what a process left that died. Any number of processes may do so against one database;
 * the claims are all they share.
 */
export function createOutbox({ concurrency = 50, perAccount = 2, ...options }: OutboxOptions): Outbox {
  const stopping = new AbortController()
  const stopped = once(stopping.signal, 'abort')
  const context: AttemptContext = { ...options, signal: stopping.signal }
  const running = new Map<Promise<Settled | null>, Uuid>()

  const attempt = async (claim: Claim): Promise<Settled | null> => {
    const attempting = logFailure(context, claim).finally(() => void running.delete(attempting))
    running.set(attempting, claim.accountId)
    return attempting
  }
  return {
    get attempting() {
      return running.size
    },
    attempt,
    turn: async () => {
      while (!stopping.signal.aborted) {
        const limit = concurrency - running.size
        const claims = limit === 0 ? [] : await claimDue(context.pool, { limit, perAccount, underWay: countByAccount(running) })
        for (const claim of claims) {
          void attempt(claim)
        }
        if (claims.length === 0) {
          if (running.size === 0) {
            return
          }
          // When one ends there is room for another; one that never ends must not keep the others waiting.
          await raceWith(LOOK_AGAIN_MS, [stopped, ...running.keys()])
        }
      }
    },
    recover: async () => {
      const { deferred, unknown } = await recoverClaims(context.pool)
      if (deferred + unknown > 0) {
        context.logger.warn({ deferred, unknown }, 'Submissions of a process that died were taken back.')
      }
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('The outbox stops.'))
      await Promise.all(running.keys())
    },
  }
}

/** After a fault of ours the claim runs out, and the marker tells what to do with the submission. */
async function logFailure(context: AttemptContext, claim: Claim): Promise<Settled | null> {
  try {
    return await attemptSubmission(context, claim)
  } catch (error) {
    context.logger.error({ submissionId: claim.id, error: error instanceof Error ? error.name : 'unknown' }, 'An attempt to send failed.')
    return null
  }
}

/** Waits for the first of them, but no longer than that. */
async function raceWith(timeoutMs: number, promises: readonly Promise<unknown>[]): Promise<void> {
  const waited = new AbortController()
  const pause = delay(timeoutMs, undefined, { signal: waited.signal }).catch(() => undefined)
  await Promise.race([...promises, pause])
  waited.abort()
}

function countByAccount(running: ReadonlyMap<unknown, Uuid>): ReadonlyMap<Uuid, number> {
  const accounts = Map.groupBy(running.values(), (accountId) => accountId)
  return new Map([...accounts].map(([accountId, attempts]) => [accountId, attempts.length]))
}
