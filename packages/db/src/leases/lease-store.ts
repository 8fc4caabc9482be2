import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '../sql-executor.ts'
import { LeaseLostError, type Lease } from './lease.ts'

export interface AcquireLeaseOptions {
  readonly accountId: Uuid
  /** Who asks: one worker process. */
  readonly holder: string
  readonly ttlMs: number
}

/**
 * Takes the lease of a connected account if it is free, expired, or held by the same holder. Each success raises the token, so that
 * an earlier lease of the same holder is worth nothing either. One statement; the database's clock counts.
 * @returns null when somebody else holds it, or when there is no such connected account
 */
export async function acquireLease(executor: SqlExecutor, { accountId, holder, ttlMs }: AcquireLeaseOptions): Promise<Lease | null> {
  const { rows } = await executor.query(
    `INSERT INTO sync_lease AS held (account_id, holder, token, expires_at)
     SELECT id, $2::text, 1, clock_timestamp() + $3::int * interval '1 millisecond'
     FROM account WHERE id = $1::uuid AND disconnected_at IS NULL
     ON CONFLICT (account_id) DO UPDATE
       SET holder = excluded.holder, token = held.token + 1, expires_at = clock_timestamp() + $3::int * interval '1 millisecond'
       WHERE held.expires_at <= clock_timestamp() OR held.holder = excluded.holder
     RETURNING token::text AS token`,
    [accountId, holder, ttlMs],
  )
  const [row] = rows as { token: string }[]
  return row === undefined ? null : { accountId, holder, token: BigInt(row.token) }
}

/** Prolongs a lease from now on. One statement. @returns false when it is not ours any more: stop at once. */
export async function renewLease(executor: SqlExecutor, lease: Lease, ttlMs: number): Promise<boolean> {
  const { rows } = await executor.query(
    `UPDATE sync_lease SET expires_at = clock_timestamp() + $3::int * interval '1 millisecond'
     WHERE account_id = $1::uuid AND token = $2::bigint RETURNING 1 AS renewed`,
    [lease.accountId, lease.token.toString(), ttlMs],
  )
  return rows.length === 1
}

/**
 * Gives a lease back. The row stays, so that the token never starts anew. Nothing happens when it is not ours any more. The column
 * rounds to milliseconds: without the one that is taken off, a lease could look held for half of one.
 */
export async function releaseLease(executor: SqlExecutor, lease: Lease): Promise<void> {
  await executor.query(
    "UPDATE sync_lease SET expires_at = clock_timestamp() - interval '1 ms' WHERE account_id = $1::uuid AND token = $2::bigint",
    [lease.accountId, lease.token.toString()],
  )
}

/** A connected account whose lease is held. */
export interface LeasedAccount {
  /** Changes with its servers and credentials. */
  readonly revision: number
}

/**
 * First statement of every write transaction of a pass. Until that transaction ends nobody can take the lease over and the account
 * cannot be disconnected; who tries waits. Locks the lease before the account: take them in this order everywhere.
 *
 * An expired lease that nobody took is still good: the token protects, the time only tells others when to try.
 * @param alongsideSql an expression, a constant of this code base, that is evaluated in the same round trip for what it does
 * @returns the account as it is until the transaction ends. @throws LeaseLostError
 */
export async function assertLease(client: SqlExecutor, lease: Lease, alongsideSql = 'NULL'): Promise<LeasedAccount> {
  // The rows of a locking CTE are locked before they are joined, and the account's when they have been.
  const { rows } = await client.query(
    `WITH held AS MATERIALIZED (
       SELECT account_id FROM sync_lease WHERE account_id = $1::uuid AND token = $2::bigint FOR NO KEY UPDATE)
     SELECT account.revision, ${alongsideSql} AS alongside FROM held JOIN account ON account.id = held.account_id
     WHERE account.disconnected_at IS NULL FOR SHARE OF account`,
    [lease.accountId, lease.token.toString()],
  )
  const [account] = rows as { readonly revision: number }[]
  if (account === undefined) throw new LeaseLostError(lease, (await isHeld(client, lease)) ? 'disconnected' : 'taken_over')
  return { revision: account.revision }
}

async function isHeld(client: SqlExecutor, lease: Lease): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 AS held FROM sync_lease WHERE account_id = $1::uuid AND token = $2::bigint', [
    lease.accountId,
    lease.token.toString(),
  ])
  return rows.length > 0
}
