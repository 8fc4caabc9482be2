import { assertLease, inTransaction, type SqlExecutor } from '@maildock/db'
import type { PoolClient } from 'pg'
import type { Pass } from '../pass.ts'

/** The account's servers or credentials were changed since the pass began. The change has its own pass; this one ends quietly. */
export class PassOutdatedError extends Error {
  override readonly name = 'PassOutdatedError'
  constructor() {
    super('The account was changed while it was being synchronised.')
  }
}

/**
 * Runs a write of a pass in one transaction that begins by proving the right to write: the lease is held, the account is connected
 * and still as it was. Until it ends neither can change, so nothing is ever written after a takeover or a disconnect.
 * @throws LeaseLostError, PassOutdatedError
 */
export async function inPass<T>(pass: Pass, use: (client: PoolClient) => Promise<T>): Promise<T> {
  pass.signal.throwIfAborted()
  return inTransaction(pass.pool, async (client) => {
    await assertLease(client, pass.lease)
    await assertRevision(client, pass)
    return use(client)
  })
}

/**
 * Beside the check, plans are made for the tables as they are: PostgreSQL keeps the plan of a foreign key check for the life of a
 * connection, and one made while a table was empty goes through all messages of the account for each new one.
 */
async function assertRevision(client: SqlExecutor, { accountId, revision }: Pass): Promise<void> {
  const { rows } = await client.query(
    `SELECT set_config('plan_cache_mode', 'force_custom_plan', true) FROM account WHERE id = $1::uuid AND revision = $2::int`,
    [accountId, revision],
  )
  if (rows.length === 0) {
    throw new PassOutdatedError()
  }
}
