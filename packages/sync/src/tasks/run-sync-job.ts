import { randomUUID } from 'node:crypto'
import type { JobPayload, Logger, SyncReason, Uuid } from '@maildock/core'
import { acquireLease, LeaseLostError, type Lease } from '@maildock/db'
import type { Pool } from 'pg'
import { LEASE_TTL_MS, holdLease, type HeldLease } from '../hold-lease.ts'
import type { Admission, HostRefusal } from '../hosts/admission.ts'
import type { HostGate } from '../hosts/host-gate.ts'
import { createProgressThrottle, type Pass } from '../pass.ts'
import { describeFailure } from '../plan/describe-failure.ts'
import { planAttempt } from '../plan/plan-attempt.ts'
import { findSyncableAccount, type SyncableAccount } from '../store/account-store.ts'
import { PassOutdatedError } from '../store/in-pass.ts'
import { syncAccount, type SyncDependencies } from '../sync-account.ts'
import { threadBacklog } from '../threads/thread-backlog.ts'
import { suspendWatch } from '../watch/watch-store.ts'
import { admitJob, settleRefusal } from './admit-job.ts'
import { enqueueSync, type NextJob } from './enqueue-sync.ts'
import { recordFailedPass } from './record-failed-pass.ts'

export interface SyncJobContext extends SyncDependencies {
  readonly pool: Pool
  readonly logger: Logger
  /** The way to the mail hosts, shared with the watches of this process. */
  readonly hosts: HostGate
  /** Names this process in leases. */
  readonly workerId: string
  /** Time a job may take before it hands over to a next one. */
  readonly sliceMs: number
  /** Fires when the process stops. */
  readonly signal: AbortSignal
}

/** While another worker is at the account, a wish is put off by so much. */
const BUSY_DELAY_MS = 2_000
/** After a pass was throttled nobody watches the account for so long. */
const SUSPEND_WATCH_MS = 6 * 3_600_000

/**
 * Runs one slice of synchronisation. Everything that is to be expected (a server that is down, a password that is refused, a lease that
 * another worker holds) is recorded and rescheduled here; the queue's own retry is left for what nobody thought of and for a database
 * that is gone.
 */
export async function runSyncJob(context: SyncJobContext, payload: JobPayload<'sync_account'>): Promise<void> {
  const { pool } = context
  const logger = context.logger.child({ accountId: payload.accountId, reason: payload.reason })
  const holder = `${context.workerId}/${randomUUID()}`
  const lease = await acquireLease(pool, { accountId: payload.accountId, holder, ttlMs: LEASE_TTL_MS })
  const next = lease === null ? await putOff(context, payload) : await runLeased({ ...context, logger }, lease, payload)
  // After the lease was given back: a worker that takes the next job at once must find it free.
  if (next !== null) {
    await enqueueSync(pool, next)
  }
}

async function runLeased(
  context: SyncJobContext,
  lease: Lease,
  { accountId, reason }: JobPayload<'sync_account'>,
): Promise<NextJob | null> {
  await using held = holdLease(context.pool, lease, context.logger)
  const account = await findSyncableAccount(context.pool, accountId)
  if (account === null) {
    return null
  }
  const attempt = planAttempt(account.state, reason, new Date())
  if (attempt.now) {
    // Awaited here: the lease is given back when this function is left.
    return await runSlice(context, { account, held, accountId, reason })
  }
  return attempt.at === null ? null : { payload: { accountId, reason: 'retry' }, runAt: attempt.at }
}

/** Somebody else is at it, or the account is not connected any more. The sweep comes again by itself; other wishes are kept. */
async function putOff({ pool }: SyncJobContext, payload: JobPayload<'sync_account'>): Promise<NextJob | null> {
  const wanted = payload.reason !== 'sweep' && (await findSyncableAccount(pool, payload.accountId)) !== null
  return wanted ? { payload, runAt: new Date(Date.now() + BUSY_DELAY_MS) } : null
}

interface Slice {
  readonly account: SyncableAccount
  readonly held: HeldLease
  readonly accountId: Uuid
  readonly reason: SyncReason
}

async function runSlice(context: SyncJobContext, slice: Slice): Promise<NextJob | null> {
  const { reason } = slice
  const pass = createPass(context, slice)
  let answer: Admission | HostRefusal
  try {
    // Before a place at the host is asked for: it is for connections, and this is between us and the database.
    await threadBacklog(pass)
    answer = await admitJob(context, pass, slice)
  } catch (error) {
    return await settleFailure(context, pass, { error, ifStopped: reason })
  }
  if (!answer.admitted) {
    return settleRefusal(pass, answer, reason)
  }
  using admission = answer
  try {
    const outcome = await syncAccount(pass, slice.account, { ...context, admission, continues: reason === 'continue' })
    return outcome === 'continues' ? { payload: { accountId: pass.accountId, reason: 'continue' } } : null
  } catch (error) {
    return await settleFailure(context, pass, { error, ifStopped: 'continue' })
  }
}

function createPass({ pool, parser, memory, logger, signal, sliceMs }: SyncJobContext, { account, held, accountId }: Slice): Pass {
  const endsAt = performance.now() + sliceMs
  return {
    accountId,
    userId: account.userId,
    revision: account.revision,
    lease: held.lease,
    pool,
    parser,
    memory,
    logger,
    signal: AbortSignal.any([held.signal, signal]),
    isTimeUp: () => performance.now() >= endsAt,
    progress: createProgressThrottle(),
    recordsVisits: true,
  }
}

interface Failure {
  readonly error: unknown
  /** What somebody else does next when this process stops. */
  readonly ifStopped: SyncReason
}

async function settleFailure(context: SyncJobContext, pass: Pass, { error, ifStopped }: Failure): Promise<NextJob | null> {
  const { accountId, logger, signal } = pass
  if (error instanceof PassOutdatedError || error instanceof LeaseLostError || isLost(signal)) {
    logger.info({ cause: error instanceof Error ? error.name : 'unknown' }, 'A pass ended because the account is not ours any more.')
    return null
  }
  if (context.signal.aborted) {
    // At once, and a pass that has begun goes on where the cursors stand.
    return { payload: { accountId, reason: ifStopped } }
  }
  const failure = describeFailure(error)
  logger.warn(
    {
      code: failure.code,
      class: failure.class,
      error: error instanceof Error ? error.name : 'unknown',
      stack: stackOf(failure.class, error),
    },
    'A pass failed; it is tried again.',
  )
  await recordFailedPass(pass, failure)
  if (failure.class === 'throttle') {
    // It may be the watcher's connection that was one too many. The account itself must stay within reach.
    await suspendWatch(context.pool, accountId, SUSPEND_WATCH_MS)
  }
  return null
}

function isLost(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof LeaseLostError
}

/** Of faults of ours alone: an error of a mail server may quote what the server said. */
function stackOf(failureClass: string, error: unknown): string | undefined {
  return failureClass === 'internal' && error instanceof Error ? error.stack : undefined
}
