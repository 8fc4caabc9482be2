import { setTimeout as delay } from 'node:timers/promises'
import type { AttemptOutcome, DeliveryWords, Logger } from '@maildock/core'
import { findSubmissionPace } from '@maildock/mail'
import type { Pool } from 'pg'
import type { Attempt, Deliver, OutgoingMessage } from './deliver.ts'
import { holdClaim } from './hold-claim.ts'
import { AttemptTooLong, createPatience, type Patience } from './patience.ts'
import { readAttempt } from './store/attempt-store.ts'
import { ClaimLostError, markHandover, type Claim, type FirstClaim } from './store/claim-store.ts'
import type { ClaimedState } from './store/claimed-state.ts'
import { closeGate, enterGate, openGate } from './store/gate-store.ts'
import { takeSlot } from './store/pace-store.ts'
import { releaseClaim } from './store/recovery-store.ts'
import { listSuppressed } from './store/suppression-store.ts'
import { settleAttempt, type Settled } from './store/settle-store.ts'

export interface AttemptContext {
  readonly pool: Pool
  readonly deliver: Deliver
  readonly logger: Logger
  /** Fires when the process stops. */
  readonly signal: AbortSignal
  /** How long an answer is waited for then. Default 8 s. */
  readonly answerAtStopMs?: number | undefined
}

/**
 * Makes one attempt at a claimed submission and stores what came of it. Whatever happens between (a kill, a lost database), nothing is sent twice:
 * the marker is committed before the last octets leave, and what is marked and has no outcome is never tried again by itself. What is known not to have
 * been handed over is given back at once. Who accepts the message hands it over with its first claim: it is not read again, and its recipients were looked up
 * a moment ago.
 * @returns null when the attempt ended early: the claim was lost, it is not the account's turn, or the process stops
 */
export async function attemptSubmission(context: AttemptContext, claim: Claim | FirstClaim): Promise<Settled | null> {
  const { pool, logger } = context
  using held = holdClaim(pool, claim, logger)
  using patience = createPatience({ stop: context.signal, lost: held.signal, answerAtStopMs: context.answerAtStopMs })
  const ended = await makeAttempt(context, claim, patience)
  // Awaited here: the claim is kept alive until this function is left.
  return ended === null ? null : await settle(context, claim, ended)
}

/** How an attempt ended. */
interface EndedAttempt {
  readonly outcome: AttemptOutcome
  /** How the submission stood when its marker was set. */
  readonly marked: ClaimedState | null
}

/** @returns null when it ended early and nothing was handed over */
async function makeAttempt(
  { pool, deliver, logger }: AttemptContext,
  claim: Claim | FirstClaim,
  patience: Patience,
): Promise<EndedAttempt | null> {
  const marking: { done: Promise<ClaimedState> | null; marked: ClaimedState | null; failure: unknown } = {
    done: null,
    marked: null,
    failure: null,
  }
  let message: OutgoingMessage | null = null
  try {
    const { server, message: whole, suppressed } = 'attempt' in claim ? { ...claim.attempt, suppressed: [] } : await readDue(pool, claim)
    message = { ...whole, forwardPaths: whole.forwardPaths.filter((address) => !suppressed.includes(address)) }
    if (message.forwardPaths.length === 0) {
      return { outcome: refuseSuppressed(suppressed), marked: null }
    }
    const { accountId, revision } = server
    const { rate } = findSubmissionPace(server.server.host)
    if (rate !== null && !(await takeSlot(pool, accountId, rate))) {
      await releaseClaim(pool, claim)
      return null
    }
    const outcome = await deliver(server, message, {
      signal: patience.signal,
      gate: {
        enter: async () => enterGate(pool, accountId, revision),
        refuse: async (words) => closeGate(pool, { accountId, revision, ...words }),
        accept: async () => openGate(pool, accountId, revision),
      },
      beforeHandover: async () => {
        marking.done = markHandover(pool, claim)
        try {
          marking.marked = await marking.done
        } catch (error) {
          marking.failure = error
          throw error
        }
        patience.handOver()
      },
    })
    const recipients = [...outcome.recipients, ...refuseSuppressed(suppressed).recipients]
    return { outcome: { ...outcome, recipients }, marked: marking.marked }
  } catch (error) {
    const nothingSent = error instanceof ClaimLostError || error === patience.signal.reason || error === marking.failure
    if (!nothingSent) {
      // A fault of ours: the marker tells what to do when the claim has run out.
      throw error
    }
    // A marker that is on its way would be taken for a hand-over.
    await Promise.allSettled([marking.done])
    if (error instanceof AttemptTooLong && message !== null) {
      const outcome = deferAll(message, { code: 'host.timeout', replyCode: null, enhancedStatus: null, response: null })
      return { outcome, marked: null }
    }
    logger.info({ submissionId: claim.id }, 'An attempt ended before anything was handed over; the submission waits again.')
    await releaseClaim(pool, claim)
    return null
  }
}

/** What is claimed, without those who were suppressed since it was accepted: they are told apart. */
async function readDue(pool: Pool, claim: Claim): Promise<Attempt & { readonly suppressed: readonly string[] }> {
  const attempt = await readAttempt(pool, claim)
  return { ...attempt, suppressed: await listSuppressed(pool, claim.userId, attempt.message.forwardPaths) }
}

/** In milliseconds, between attempts to store what is known; a database that restarts is back by then. */
const SETTLE_PAUSES_MS: readonly number[] = [200, 1_000, 3_000, 5_000, 10_000, 20_000]

/** What the server said is not to be lost for a database that is away for a moment. Safe to repeat: the token says whose it is. */
async function settle({ pool, logger }: AttemptContext, claim: Claim, { outcome, marked }: EndedAttempt): Promise<Settled | null> {
  for (const pauseMs of [...SETTLE_PAUSES_MS, null]) {
    try {
      return await settleAttempt(pool, claim, outcome, marked)
    } catch (error) {
      if (error instanceof ClaimLostError) {
        logger.info({ submissionId: claim.id }, 'The outcome of an attempt is stored already, or the submission is somebody else’s.')
        return null
      }
      if (pauseMs === null) {
        throw error
      }
      logger.warn(
        { submissionId: claim.id, error: error instanceof Error ? error.name : 'unknown' },
        'The outcome of an attempt could not be stored; it is tried again.',
      )
      await delay(pauseMs)
    }
  }
  return null
}

/** Those who were suppressed since the message was accepted. */
function refuseSuppressed(suppressed: readonly string[]): AttemptOutcome {
  const words = { code: 'send.recipient_suppressed', replyCode: null, enhancedStatus: null, response: null } as const
  return { ...words, recipients: suppressed.map((address) => ({ ...words, address, outcome: 'refused' })) }
}

/** Not now, for everybody. */
export function deferAll({ forwardPaths }: Pick<OutgoingMessage, 'forwardPaths'>, words: DeliveryWords): AttemptOutcome {
  return { ...words, recipients: forwardPaths.map((address) => ({ ...words, address, outcome: 'deferred' })) }
}
