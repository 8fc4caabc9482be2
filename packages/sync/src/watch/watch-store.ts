import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { WatchingWorker } from './plan-share.ts'

/** Why accounts can be watched: connected, and up to date as far as is known. Others are first brought there by the job queue. */
const WATCHABLE = `account.disconnected_at IS NULL AND account.sync_status = 'synced' AND account.sync_error_code IS NULL
  AND account.last_synced_at IS NOT NULL`
const ALIVE = `worker.heartbeat_at >= clock_timestamp() - $1::int * interval '1 millisecond'`
/** Nobody alive holds it, and it is not left to the sweep. A change of the account ends that. */
const FREE = `NOT EXISTS (SELECT FROM watch LEFT JOIN worker ON worker.id = watch.worker_id AND ${ALIVE}
    WHERE watch.account_id = account.id
      AND (worker.id IS NOT NULL OR (watch.revision = account.revision AND watch.not_before > clock_timestamp())))`

export interface WatchClaim {
  readonly accountId: Uuid
  readonly userId: Uuid
  /** Name in lower case, and port. */
  readonly host: string
  readonly revision: number
  /** Since the last pass began. */
  readonly sincePassMs: number
  /** Connections at once that its server is asked to bear, since it refused more. Null: no refusal is known. A change of the account ends it. */
  readonly connectionCap: number | null
}

/** Tells the others how many accounts this worker is ready to watch. @returns false when it does not beat yet, or was struck off */
export async function offerToWatch(executor: SqlExecutor, workerId: string, limit: number): Promise<boolean> {
  const { rows } = await executor.query(
    `WITH changed AS (UPDATE worker SET watch_limit = $2::int WHERE id = $1::text AND watch_limit <> $2::int)
     SELECT 1 AS found FROM worker WHERE id = $1::text`,
    [workerId, limit],
  )
  return rows.length === 1
}

/** Live workers that watch, and the number of accounts that are free to be watched. */
export async function readWatchShares(
  executor: SqlExecutor,
  silentForMs: number,
): Promise<{ readonly workers: readonly WatchingWorker[]; readonly unclaimed: number }> {
  const { rows: workers } = await executor.query(
    `SELECT worker.id, worker.watch_limit AS "limit", count(watch.account_id)::int AS claimed
     FROM worker LEFT JOIN watch ON watch.worker_id = worker.id
     WHERE worker.watch_limit > 0 AND ${ALIVE} GROUP BY worker.id ORDER BY worker.id`,
    [silentForMs],
  )
  const { rows } = await executor.query(`SELECT count(*)::int AS unclaimed FROM account WHERE ${WATCHABLE} AND ${FREE}`, [silentForMs])
  const [row] = rows as { unclaimed: number }[]
  return { workers: workers as WatchingWorker[], unclaimed: row?.unclaimed ?? 0 }
}

export interface ClaimOptions {
  readonly workerId: string
  readonly silentForMs: number
  readonly limit: number
}

/**
 * Claims up to so many free accounts. One statement; of two workers that claim one account one gets it. Each chooses in an order of its own,
 * so that they seldom meet, and takes in the order of ids, so that where they do one waits for the other and never both.
 */
export async function claimWatches(executor: SqlExecutor, { workerId, silentForMs, limit }: ClaimOptions): Promise<readonly WatchClaim[]> {
  const { rows } = await executor.query(
    `WITH claimed AS (
       INSERT INTO watch AS held (account_id, worker_id, revision)
       SELECT chosen.id, $2::text, chosen.revision FROM (
         SELECT account.id, account.revision FROM account WHERE ${WATCHABLE} AND ${FREE}
         ORDER BY hashtext(account.id::text || $2::text) LIMIT $3::int) AS chosen
       ORDER BY chosen.id
       ON CONFLICT (account_id) DO UPDATE SET worker_id = excluded.worker_id, revision = excluded.revision, not_before = NULL,
         connection_cap = CASE WHEN held.revision = excluded.revision THEN held.connection_cap END
         WHERE held.worker_id IS NULL OR NOT EXISTS (SELECT FROM worker WHERE worker.id = held.worker_id AND ${ALIVE})
       RETURNING account_id, revision, connection_cap)
     SELECT account_id AS "accountId", account.user_id AS "userId", lower(account.imap_host) || ':' || account.imap_port AS host, claimed.revision,
       (extract(epoch FROM clock_timestamp() - coalesce(account.last_sync_started_at, account.created_at)) * 1000)::float8 AS "sincePassMs",
       claimed.connection_cap AS "connectionCap"
     FROM claimed JOIN account ON account.id = claimed.account_id`,
    [silentForMs, workerId, limit],
  )
  return rows as WatchClaim[]
}

/** What a worker still watches by right, with the present revision of each account. Disconnected ones are not among them. Null: all. */
export async function listOwnWatches(
  executor: SqlExecutor,
  workerId: string,
  accountIds: readonly Uuid[] | null,
): Promise<ReadonlyMap<Uuid, number>> {
  const { rows } = await executor.query(
    `SELECT watch.account_id AS id, account.revision FROM watch JOIN account ON account.id = watch.account_id
     WHERE watch.worker_id = $1::text AND account.disconnected_at IS NULL AND ($2::uuid[] IS NULL OR watch.account_id = ANY($2::uuid[]))`,
    [workerId, accountIds === null ? null : [...accountIds]],
  )
  return new Map((rows as { id: Uuid; revision: number }[]).map(({ id, revision }) => [id, revision]))
}

/** Gives accounts back; with `forMs` nobody takes them before. Those that somebody else holds by now are left alone. */
export async function releaseWatches(
  executor: SqlExecutor,
  { workerId, accountIds, forMs = 0 }: { readonly workerId: string; readonly accountIds: readonly Uuid[]; readonly forMs?: number },
): Promise<void> {
  await executor.query(
    `UPDATE watch SET worker_id = NULL,
       not_before = CASE WHEN $3::bigint > 0 THEN clock_timestamp() + $3::bigint * interval '1 millisecond' END
     WHERE worker_id = $1::text AND account_id = ANY($2::uuid[])`,
    [workerId, [...accountIds], forMs],
  )
}

/**
 * A pass over accounts that were proved to be up to date would have changed nothing but its times. Written for those that are still this
 * worker's to watch, as they were when it claimed them.
 */
export async function recordConfirmed(executor: SqlExecutor, workerId: string, accountIds: readonly Uuid[]): Promise<void> {
  await executor.query(
    `UPDATE account SET last_sync_started_at = clock_timestamp(), last_synced_at = clock_timestamp() FROM watch
     WHERE account.id = ANY($2::uuid[]) AND watch.account_id = account.id AND watch.worker_id = $1::text AND watch.revision = account.revision
       AND ${WATCHABLE}`,
    [workerId, [...accountIds]],
  )
}

/** A watch and a job. */
const CAP_AFTER_REFUSAL = 2

/**
 * Lets go of an account whoever watches it: its server has no room for a connection that waits beside one that works. Later it has one that waits,
 * and no second one.
 */
export async function suspendWatch(executor: SqlExecutor, accountId: Uuid, forMs: number): Promise<void> {
  await executor.query(
    `UPDATE watch SET worker_id = NULL, not_before = clock_timestamp() + $2::bigint * interval '1 millisecond', connection_cap = $3::int
     WHERE account_id = $1::uuid AND worker_id IS NOT NULL`,
    [accountId, forMs, CAP_AFTER_REFUSAL],
  )
}
