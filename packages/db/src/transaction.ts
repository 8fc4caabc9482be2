import type { Pool, PoolClient } from 'pg'

/**
 * Runs `use` in one transaction on one connection: committed when it resolves, rolled back when it throws, and what it threw is
 * thrown on. Not retried. A connection whose state is in doubt is closed, not reused.
 */
export async function inTransaction<T>(pool: Pool, use: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await use(client)
    const { command } = await client.query('COMMIT')
    // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and no error: a swallowed error inside `use` must not look like success.
    if (command !== 'COMMIT') throw new Error('The transaction was rolled back: a statement in it had failed and the failure was ignored.')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: unknown) => {
      broken = rollbackError instanceof Error ? rollbackError : new Error('Rollback failed.', { cause: rollbackError })
    })
    throw error
  } finally {
    client.release(broken)
  }
}
