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
    const { revision } = await assertLease(client, pass.lease, CHOOSE_PLANS)
    if (revision !== pass.revision) {
      throw new PassOutdatedError()
    }
    return use(client)
  })
}

/**
 * Lets the transaction be committed without waiting for the disk: for what is no loss should the database's machine crash in the next moments, because it
 * is done again, or is a word about the pass alone. Nothing that gives out an id may say so (ADR 0022).
 */
export async function mayBeDoneAgain(client: SqlExecutor): Promise<void> {
  await client.query('SET LOCAL synchronous_commit TO off')
}

/**
 * PostgreSQL keeps the plan of a foreign key check for the life of a connection. One made while a table was empty goes through all messages of the account
 * for each new one; to make one for each row costs more than all the rest of a short message. So none is kept while a table is small (ADR 0022).
 */
export const CHOOSE_PLANS = `set_config('plan_cache_mode',
  CASE WHEN least(pg_relation_size('message'), 8 * pg_relation_size('thread')) < 1048576 THEN 'force_custom_plan' ELSE 'auto' END, true)`
