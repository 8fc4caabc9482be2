import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { Pool, type Client, type QueryConfig, type QueryResult } from 'pg'

export interface ScriptFailure {
  readonly script: string
  readonly error: unknown
}

/** The adapter, and what the engine's own error does not say: which script failed, and how. */
export interface TransactionAdapter {
  readonly factory: SqlMigrationAwareDriverAdapterFactory
  readonly failure: () => ScriptFailure | null
}

/**
 * Makes the schema engine work on one connection, inside the transaction that is open on it. Two habits of the stock adapter are
 * corrected: it spreads statements over a pool, and it cuts scripts at every `;`, also inside a function body or a comment.
 *
 * The engine asks for tables that may not exist yet and reads the error. Each statement therefore has its own savepoint, or the
 * first such question would end the transaction.
 */
export function createTransactionAdapter(client: Client): TransactionAdapter {
  const stock = new PrismaPg(new PinnedPool(client))
  let failure: ScriptFailure | null = null
  const executeScript = async (script: string): Promise<void> => {
    try {
      // Without parameters this is the simple query protocol, which takes many statements at once.
      await inSavepoint(client, () => client.query(script))
    } catch (error) {
      failure = { script, error }
      throw error
    }
  }
  return {
    failure: () => failure,
    factory: {
      provider: stock.provider,
      adapterName: stock.adapterName,
      connect: async () => {
        const adapter: SqlDriverAdapter = await stock.connect()
        return Object.assign(adapter, { executeScript })
      },
      connectToShadowDb: () => Promise.reject(new Error('A migration run has no shadow database.')),
    },
  }
}

/** A pool of exactly one client that somebody else owns. The adapter accepts nothing but a `Pool`. */
class PinnedPool extends Pool {
  constructor(client: Client) {
    super({ max: 1 })
    const query = (config: QueryConfig): Promise<QueryResult> => inSavepoint(client, () => client.query(config))
    this.query = query as Pool['query']
  }
}

async function inSavepoint<T>(client: Client, use: () => Promise<T>): Promise<T> {
  await client.query('SAVEPOINT statement')
  try {
    const result = await use()
    await client.query('RELEASE SAVEPOINT statement')
    return result
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT statement')
    throw error
  }
}
