import { TRANSIENT_GRACE_MS } from '@maildock/core'
import { inTransaction, type SqlExecutor } from '@maildock/db'
import type { Pool } from 'pg'
import { recordSyncEvent } from '../store/account-store.ts'
import { ADD_SWEEP_JOB, MAY_BE_SWEPT } from './sweep-job.ts'

/**
 * Every account is looked at at least this often (contract.md, "Background"). The spread is taken off, never added. Accounts that are watched have
 * no spread: their watch checks them before that, over its own connection.
 */
const SWEEP_AFTER_MS = 300_000
const SPREAD_MS = 60_000
/** Accounts enqueued or told at once. */
const CHUNK = 500

/** Orphans are kept so long: a message that was moved is back within a pass, one that was deleted by mistake within days. */
const ORPHAN_DAYS = 7

/**
 * Enqueues a pass for every connected account whose last one began long enough ago, unless one waits already or the account is held
 * back by its failures. The time is spread by account, so that accounts connected together do not stay together. Safe to run in every
 * process at once.
 * @returns how many were enqueued
 */
export async function sweepAccounts(executor: SqlExecutor): Promise<number> {
  const { rows } = await executor.query(
    `SELECT ${ADD_SWEEP_JOB} FROM (
       SELECT id FROM account
       WHERE coalesce(last_sync_started_at, created_at) <= clock_timestamp()
             - ($1::int - CASE WHEN EXISTS (SELECT FROM watch WHERE watch.account_id = account.id AND watch.worker_id IS NOT NULL) THEN 0
                ELSE abs(hashtext(id::text)::bigint) % $2::int END) * interval '1 millisecond'
         AND ${MAY_BE_SWEPT}
       ORDER BY last_sync_started_at NULLS FIRST LIMIT $3::int
       FOR KEY SHARE SKIP LOCKED) AS due`,
    [SWEEP_AFTER_MS, SPREAD_MS, CHUNK],
  )
  return rows.length
}

/** Tells accounts whose failures lasted longer than is kept quiet. Between attempts nobody else would. */
export async function tellLongFailures(pool: Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM account WHERE disconnected_at IS NULL AND sync_status <> 'error'
         AND sync_error_since <= clock_timestamp() - $1::int * interval '1 millisecond'
       ORDER BY id LIMIT $2::int FOR NO KEY UPDATE SKIP LOCKED`,
      [TRANSIENT_GRACE_MS, CHUNK],
    )
    for (const { id } of rows) {
      await recordSyncEvent(client, id, { type: 'waited' })
    }
  })
}

/** Deletes messages that have been in no mailbox for days: their owner deleted them. */
export async function purgeOrphans(executor: SqlExecutor): Promise<number> {
  const { rows } = await executor.query(
    `DELETE FROM message WHERE (account_id, id) IN (
       SELECT account_id, id FROM message WHERE orphaned_at < clock_timestamp() - $1::int * interval '1 day'
         AND NOT EXISTS (SELECT FROM placement WHERE placement.account_id = message.account_id AND placement.message_id = message.id)
       LIMIT $2::int) RETURNING 1 AS purged`,
    [ORPHAN_DAYS, CHUNK],
  )
  return rows.length
}
