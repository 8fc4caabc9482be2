import { PrismaPg } from '@prisma/adapter-pg'
import type { Pool } from 'pg'
import { PrismaClient } from './generated/client.ts'
import { openPool, type PoolOptions } from './pool.ts'
import { createStatementNames } from './statement-names.ts'

/** One pool and the Prisma client that runs on it. */
export interface Database extends AsyncDisposable {
  readonly prisma: PrismaClient
  readonly pool: Pool
  readonly connectionString: string
}

/** Transactions of use cases are short: nothing waits for a network inside one. */
const TRANSACTION_OPTIONS = { maxWait: 10_000, timeout: 15_000 } as const

/** Opens the database for one purpose. Connects lazily; dispose it to close every connection. */
export function openDatabase(options: PoolOptions): Database {
  const pool = openPool(options)
  const adapter = new PrismaPg(pool, { statementNameGenerator: createStatementNames() })
  const prisma = new PrismaClient({ adapter, errorFormat: 'minimal', log: [], transactionOptions: TRANSACTION_OPTIONS })
  return {
    prisma,
    pool,
    connectionString: options.connectionString,
    [Symbol.asyncDispose]: async () => {
      await prisma.$disconnect()
      await pool.end()
    },
  }
}
