import type { Logger } from '@maildock/core'
import { Pool, type PoolClient } from 'pg'

export interface PoolOptions {
  readonly connectionString: string
  /** What pg_stat_activity shows: one name per purpose, e.g. `maildock-http`. */
  readonly applicationName: string
  readonly maxConnections: number
  readonly logger: Logger
  /** The server ends a statement after this. Default 30 s. */
  readonly statementTimeoutMs?: number
  /** The server ends a session that idles in an open transaction for longer. Default 60 s. */
  readonly idleInTransactionTimeoutMs?: number
}

const CONNECT_TIMEOUT_MS = 10_000
const STATEMENT_TIMEOUT_MS = 30_000
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
/** The client gives up this much after the server should have: only a half-open connection gets here. */
const HALF_OPEN_GRACE_MS = 5_000

/**
 * Opens a pool for one purpose. It connects lazily, outlives a restart of PostgreSQL, and no lost connection can end the process:
 * every client has an `error` listener for its whole life, also while it is checked out. A client that comes back with its
 * transaction still open, or still busy, is closed instead of being handed to the next caller.
 */
export function openPool(options: PoolOptions): Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
  const pool = new Pool({
    connectionString: options.connectionString,
    application_name: options.applicationName,
    max: options.maxConnections,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + HALF_OPEN_GRACE_MS,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? IDLE_IN_TRANSACTION_TIMEOUT_MS,
  })
  const logger = options.logger.child({ pool: options.applicationName })
  pool.on('error', (error: Error) => logger.warn({ err: describe(error) }, 'An idle database connection was lost.'))
  pool.on('connect', (client) => {
    client.on('error', (error: Error) => logger.warn({ err: describe(error) }, 'A database connection was lost.'))
  })
  pool.on('release', (_error: Error, client: PoolClient) => {
    if (client.getTransactionStatus() === 'I') return
    // Seen with interactive Prisma transactions whose rollback timed out. Ending it here makes the pool drop it.
    logger.warn({}, 'A connection came back with an open transaction; it is closed.')
    client.end().catch((error: unknown) => logger.warn({ err: describe(error) }, 'That connection did not close cleanly.'))
  })
  return pool
}

/** What may be logged of a connection error. Never the error itself: its properties can hold the connection parameters. */
function describe(error: unknown): { readonly name: string; readonly message: string; readonly code?: unknown } {
  if (!(error instanceof Error)) return { name: 'unknown', message: typeof error }
  return { name: error.name, message: error.message, ...('code' in error ? { code: error.code } : {}) }
}
