import { syncJobKey, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'

/**
 * Takes the lease from whoever syncs the account: each of their write transactions begins with a check of its token, so they
 * write nothing more. Call it before anything of the account is changed: a sync locks the lease first too, and the other
 * order could deadlock with it.
 */
export async function fenceOffSync(executor: SqlExecutor, accountId: Uuid): Promise<void> {
  await executor.query('update sync_lease set token = token + 1, expires_at = now() where account_id = $1', [accountId])
}

/** Drops the job that waits for the account, if any. One that runs already finds the account disconnected. */
export async function dropSyncJob(executor: SqlExecutor, accountId: Uuid): Promise<void> {
  await executor.query('select graphile_worker.remove_job($1)', [syncJobKey(accountId)])
}
