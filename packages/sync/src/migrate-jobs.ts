import { silentLogger, type Logger } from '@maildock/core'
import { runMigrations } from 'graphile-worker'
import { Pool } from 'pg'
import { createQueueLogger } from './queue-logger.ts'

export interface MigrateJobsOptions {
  readonly connectionString: string
  readonly logger?: Logger
}

/**
 * Brings the queue's schema (`graphile_worker`) up to date. Idempotent; safe to run from several processes at once. No connection
 * to the database is left open when it resolves, so that the database may serve as a template.
 */
export async function migrateJobs({ connectionString, logger = silentLogger }: MigrateJobsOptions): Promise<void> {
  // Given a connection string, the queue ends its own pool without waiting for it. Ours is awaited.
  const pool = new Pool({ connectionString, max: 2, application_name: 'maildock-migrate-jobs', connectionTimeoutMillis: 10_000 })
  const onError = (error: Error): void => logger.warn({ error: error.name }, 'Connection of the job migration failed.')
  pool.on('error', onError)
  pool.on('connect', (client) => void client.on('error', onError))
  try {
    await runMigrations({ pgPool: pool, logger: createQueueLogger(logger) })
  } finally {
    await pool.end()
  }
}
