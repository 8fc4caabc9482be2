import type { DeliveryWords, ErrorCode, Logger } from '@maildock/core'
import type { Pool } from 'pg'
import type { Deliver, DeliveryReport, OutgoingMessage, SubmissionServer } from './deliver.ts'
import { holdClaim } from './hold-claim.ts'
import { createPatience, type Patience } from './patience.ts'
import { ClaimLostError, markHandover, readMessage, type Claim } from './store/claim-store.ts'
import { closeGate, enterGate, openGate } from './store/gate-store.ts'
import { findSubmissionServer } from './store/server-store.ts'
import { settleAttempt, type Settled } from './store/settle-store.ts'

export interface AttemptContext {
  readonly pool: Pool
  readonly deliver: Deliver
  readonly logger: Logger
  /** Fires when the process stops. */
  readonly signal: AbortSignal
}

/**
 * Makes one attempt at a claimed submission and stores what came of it. Whatever happens between (a kill, a lost database), nothing is sent twice:
 * the marker is committed before the last octets leave, and what is marked and has no outcome is never tried again by itself.
 * @returns null when the attempt ended early: the claim was lost, or the process stops
 */
export async function attemptSubmission(context: AttemptContext, claim: Claim): Promise<Settled | null> {
  const { pool, logger } = context
  using held = holdClaim(pool, claim, logger)
  using patience = createPatience(context.signal, held.signal)
  try {
    const report = await makeAttempt(context, claim, patience)
    return await settleAttempt(pool, claim, report)
  } catch (error) {
    if (error instanceof ClaimLostError || context.signal.aborted) {
      // Whoever comes next finds it as the marker says.
      logger.info({ submissionId: claim.id }, 'An attempt ended early; the submission is taken up again.')
      return null
    }
    throw error
  }
}

async function makeAttempt({ pool, deliver }: AttemptContext, claim: Claim, patience: Patience): Promise<DeliveryReport> {
  const message = await readMessage(pool, claim)
  const server = await findSubmissionServer(pool, claim.accountId)
  if (server === null) {
    throw new ClaimLostError()
  }
  const gate = await enterGate(pool, claim.accountId, server.revision)
  if (gate !== null) {
    return deferAll(message, { code: gate.code, replyCode: null, enhancedStatus: null, response: gate.response })
  }
  const beforeHandover = async (): Promise<void> => {
    await markHandover(pool, claim)
    patience.handOver()
  }
  const report = await deliver(server, message, { beforeHandover, signal: patience.signal })
  await recordLogin(pool, server, report)
  return report
}

async function recordLogin(pool: Pool, { accountId, revision }: SubmissionServer, report: DeliveryReport): Promise<void> {
  if (report.loginRefused) {
    const code: ErrorCode = report.code ?? 'smtp.authentication_failed'
    await closeGate(pool, { accountId, revision, code, response: report.response })
  } else if (report.recipients.some(({ outcome }) => outcome === 'accepted')) {
    await openGate(pool, accountId)
  }
}

/** Not now, for everybody. */
export function deferAll({ forwardPaths }: Pick<OutgoingMessage, 'forwardPaths'>, words: DeliveryWords): DeliveryReport {
  return { ...words, loginRefused: false, recipients: forwardPaths.map((address) => ({ ...words, address, outcome: 'deferred' })) }
}
