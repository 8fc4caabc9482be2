import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from './sql-executor.ts'

/** Keeps these locks apart from other uses of advisory locks: "maildock" in ASCII, as a 64-bit seed. */
const SEED = '7881696737137484651'

/**
 * Makes the caller's transaction the only one that changes what belongs to this user: quota, default account, the guard of the
 * last account. Others wait. Released with the transaction, never by hand; call it first, so that all take locks in one order.
 */
export async function lockUser(executor: SqlExecutor, userId: Uuid): Promise<void> {
  await executor.query(`SELECT pg_advisory_xact_lock(hashtextextended($1::text, ${SEED}))::text`, [userId])
}
