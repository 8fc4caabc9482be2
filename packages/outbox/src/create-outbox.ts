import type { Uuid } from '@maildock/core'
import { attemptSubmission, type AttemptContext } from './attempt-submission.ts'
import { DueAccounts } from './due-accounts.ts'
import { readReports } from './read-reports.ts'
import { claimDue, listDueAccounts, type Claim, type FirstClaim } from './store/claim-store.ts'
import { cancelAbandoned, recoverClaims, releaseClaim } from './store/recovery-store.ts'
import { forgetMessages, forgetSentDrafts } from './store/retention-store.ts'
import { abandonCopies } from './store/sent-copy-store.ts'
import type { Settled } from './store/settle-store.ts'
import { waitAtMost } from './wait-at-most.ts'

/** While attempts are under way, what became due is looked for so often. */
const LOOK_AGAIN_MS = 1_000

export interface OutboxOptions extends Omit<AttemptContext, 'signal'> {
  /** Attempts at once. One waits for its server for up to minutes, and costs next to nothing meanwhile. Default 50. */
  readonly concurrency?: number
  /** Attempts at once for one account, of what is due. Default 2. */
  readonly perAccount?: number
  /** The same of first attempts: each holds its message. Default 16. */
  readonly firstPerAccount?: number
  /** Attempts at once for all accounts of one user. Default: half of all. */
  readonly perUser?: number
}

/** The part of a worker that sends what is due. Disposing ends it: attempts before their hand-over are given up, the others are left to their marker. */
export interface Outbox extends AsyncDisposable {
  /** Attempts under way. */
  readonly attempting: number
  /**
   * Makes the first attempt at a submission that was claimed when it was accepted. @returns what came of it; null when it waits again: the attempt ended
   * early, by a fault of ours too, or there was no room for it
   */
  attempt(claim: FirstClaim): Promise<Settled | null>
  /** Takes what is due, until nothing is due and nothing is under way; to be called again and again, never twice at once. */
  turn(): Promise<void>
  /** Takes back what processes had claimed that died; to be called again and again. */
  recover(): Promise<void>
  /** Reads what came back (docs/adr/0027); to be called again and again. */
  readReports(): Promise<void>
  /** Erases what is kept no longer; to be called now and then. */
  forget(): Promise<void>
}

/**
 * Sends what is due: later attempts, what was scheduled, and what a process left that died. Any number of processes may do so against one database;
 * the claims are all they share.
 */
export function createOutbox({
  concurrency = 50,
  perAccount = 2,
  firstPerAccount = 16,
  perUser = Math.ceil(concurrency / 2),
  ...options
}: OutboxOptions): Outbox {
  const stopping = new AbortController()
  const context: AttemptContext = { ...options, signal: stopping.signal }
  const running = new Map<Promise<Settled | null>, Claim>()
  let wake = Promise.withResolvers<void>()
  let ended = 0
  stopping.signal.addEventListener('abort', () => wake.resolve(), { once: true })

  const start = async (claim: Claim | FirstClaim): Promise<Settled | null> => {
    const attempting = logFailure(context, claim).finally(() => {
      running.delete(attempting)
      ended += 1
      wake.resolve()
    })
    running.set(attempting, claim)
    return attempting
  }
  const giveBack = async (claim: Claim): Promise<null> => {
    try {
      await releaseClaim(context.pool, claim)
    } catch (error) {
      context.logger.warn(
        { submissionId: claim.id, error: error instanceof Error ? error.name : 'unknown' },
        'A claim could not be given back; it runs out.',
      )
    }
    return null
  }
  return {
    get attempting() {
      return running.size
    },
    attempt: async (claim) => {
      const underWay = countUnderWay(running.values())
      const hasRoom =
        running.size < concurrency && (underWay.get(claim.accountId) ?? 0) < firstPerAccount && (underWay.get(claim.userId) ?? 0) < perUser
      return stopping.signal.aborted || !hasRoom ? giveBack(claim) : start(claim)
    },
    turn: async () => {
      const due = new DueAccounts()
      for (let lookedAt = -Infinity; !stopping.signal.aborted;) {
        wake = Promise.withResolvers<void>()
        if (performance.now() - lookedAt >= LOOK_AGAIN_MS) {
          due.renew(await listDueAccounts(context.pool))
          lookedAt = performance.now()
        }
        const endedBefore = ended
        const wanted = due.choose({ total: concurrency - running.size, perAccount, perUser }, countUnderWay(running.values()))
        const claims = wanted.length === 0 ? [] : await claimDue(context.pool, wanted)
        due.settle(wanted, countUnderWay(claims))
        if (stopping.signal.aborted) {
          await Promise.all(claims.map(giveBack))
          return
        }
        for (const claim of claims) {
          void start(claim)
        }
        // What ended meanwhile made room that was not there when it was looked.
        if (claims.length === 0 && ended === endedBefore) {
          if (running.size === 0 && due.isEmpty) {
            return
          }
          // When one ends there is room for another; one that never ends must not keep the others waiting.
          await waitAtMost(wake.promise, LOOK_AGAIN_MS)
        }
      }
    },
    recover: async () => {
      const taken = await recoverClaims(context.pool)
      if (taken.deferred + taken.unknown + taken.failed + taken.sent > 0) {
        context.logger.warn({ ...taken }, 'Submissions of a process that died were taken back.')
      }
      await cancelAbandoned(context.pool)
      await abandonCopies(context.pool)
    },
    readReports: async () => {
      const tied = await readReports(context.pool, context.logger)
      if (tied > 0) {
        context.logger.info({ reports: tied }, 'Messages that were sent have come back, or were complained about.')
      }
    },
    forget: async () => {
      await forgetMessages(context.pool)
      await forgetSentDrafts(context.pool)
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('The outbox stops.'))
      await Promise.all(running.keys())
    },
  }
}

/** After a fault of ours the claim runs out, and the marker tells what to do with the submission. */
async function logFailure(context: AttemptContext, claim: Claim | FirstClaim): Promise<Settled | null> {
  try {
    return await attemptSubmission(context, claim)
  } catch (error) {
    context.logger.error({ submissionId: claim.id, error: error instanceof Error ? error.name : 'unknown' }, 'An attempt to send failed.')
    return null
  }
}

/** Attempts by account and by user: ids of neither are ids of the other. */
function countUnderWay(claims: Iterable<Claim>): ReadonlyMap<Uuid, number> {
  const counts = new Map<Uuid, number>()
  for (const { accountId, userId } of claims) {
    for (const id of [accountId, userId]) {
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  }
  return counts
}
