import {
  isErrorCode,
  isUuid,
  MaildockError,
  MANUAL_SYNC_WINDOW_MS,
  syncJobKey,
  type SyncRun,
  type SyncStatus,
  type Uuid,
} from '@maildock/core'
import { enqueueJob, inTransaction } from '@maildock/db'
import type { ApiRuntime } from '../api-runtime.ts'
import { waitForAccount } from './wait-for-account.ts'

/** A run that takes longer goes on by itself; its caller is told the result before it. */
const RUN_WAIT_MS = 20_000

interface RunState {
  readonly id: Uuid
  readonly sync_status: SyncStatus
  readonly sync_error_code: string | null
  readonly sync_failures: number
  readonly next_attempt_at: Date | null
  readonly last_sync_started_at: Date | null
  readonly last_synced_at: Date | null
  readonly last_new_messages: number
}

const RUN_COLUMNS =
  'account.id, account.sync_status, account.sync_error_code, account.sync_failures, account.next_attempt_at, account.last_sync_started_at, account.last_synced_at, account.last_new_messages'

/**
 * Brings one account up to date now, and waits up to 20 s for it. One run per account per 30 s: inside that window, while a run
 * is under way, when it takes longer and when it is put off, the answer is the previous result with `queued`, and a run follows when
 * the window is over. Without an id: the default account. An account that is not tried any more until it is changed says why at once.
 * @throws MaildockError account.not_found, or why the run failed for good (a wrong password)
 */
export async function runSync(
  { database, live }: ApiRuntime,
  { userId, signal }: { userId: Uuid; signal: AbortSignal },
  accountId: string | undefined,
): Promise<SyncRun> {
  const { previous, claimedAt } = await claimRun(database.pool, userId, accountId)
  if (claimedAt === null) {
    return toRun(previous, 'queued')
  }
  const read = async (): Promise<RunState | null> => {
    const state = await readRunState(database.pool, previous.id)
    const ended = isSince(state.last_synced_at, claimedAt) || state.sync_failures > previous.sync_failures
    return ended ? state : null
  }
  const ended = await waitForAccount(live, { userId, accountId: previous.id, signal, timeoutMs: RUN_WAIT_MS }, read)
  if (ended !== null && isSince(ended.last_synced_at, claimedAt)) {
    return toRun(ended, 'synced')
  }
  if (ended?.sync_status === 'error') {
    throw toSyncError(ended)
  }
  return toRun(previous, 'queued')
}

type Pool = ApiRuntime['database']['pool']

/** Claims the window and enqueues the run in one transaction, so that of parallel calls exactly one starts it. */
async function claimRun(pool: Pool, userId: Uuid, accountId: string | undefined): Promise<{ previous: RunState; claimedAt: Date | null }> {
  if (accountId !== undefined && !isUuid(accountId)) {
    throw new MaildockError('account.not_found')
  }
  return await inTransaction(pool, async (client) => {
    const { rows } = await client.query<RunState & { claimed_at: Date | null }>(
      `with target as (
         select account.* from account
         where user_id = $1 and disconnected_at is null and case when $2::uuid is null then is_default else id = $2 end
         for no key update
       ), claimed as (
         update account set last_sync_started_at = now() from target
         where account.id = target.id and target.sync_status <> 'syncing'
           and (target.last_sync_started_at is null or target.last_sync_started_at <= now() - $3 * interval '1 millisecond')
         returning account.id, account.last_sync_started_at
       )
       select ${RUN_COLUMNS.replaceAll('account.', 'target.')}, claimed.last_sync_started_at as claimed_at
       from target left join claimed on claimed.id = target.id`,
      [userId, accountId ?? null, MANUAL_SYNC_WINDOW_MS],
    )
    const previous = rows[0]
    if (previous === undefined) {
      throw new MaildockError('account.not_found')
    }
    if (previous.sync_status === 'error' && previous.next_attempt_at === null) {
      throw toSyncError(previous)
    }
    const { id: target, last_sync_started_at: startedAt } = previous
    const job = { accountId: target, reason: 'manual' } as const
    if (previous.claimed_at !== null) {
      await enqueueJob(client, { name: 'sync_account', payload: job }, { jobKey: syncJobKey(target) })
    } else if (previous.sync_status !== 'syncing' && startedAt !== null) {
      // What waits already, and sooner, stays as it is.
      const runAt = new Date(startedAt.getTime() + MANUAL_SYNC_WINDOW_MS)
      await enqueueJob(client, { name: 'sync_account', payload: job }, { jobKey: syncJobKey(target), jobKeyMode: 'preserve_run_at', runAt })
    }
    return { previous, claimedAt: previous.claimed_at }
  })
}

async function readRunState(pool: Pool, id: Uuid): Promise<RunState> {
  const { rows } = await pool.query<RunState>(`select ${RUN_COLUMNS} from account where id = $1 and disconnected_at is null`, [id])
  if (rows[0] === undefined) {
    throw new MaildockError('account.not_found')
  }
  return rows[0]
}

function toSyncError({ sync_error_code: code }: RunState): MaildockError {
  return new MaildockError(isErrorCode(code) ? code : 'sync.server_error')
}

function isSince(time: Date | null, start: Date): boolean {
  return time !== null && time.getTime() >= start.getTime()
}

function toRun(state: RunState, status: SyncRun['status']): SyncRun {
  return { accountId: state.id, status, newMessages: state.last_new_messages, syncedAt: state.last_synced_at }
}
