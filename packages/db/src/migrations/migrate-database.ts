import type { Logger } from '@maildock/core'
import { Client } from 'pg'
import { readMigrationFiles } from './migration-files.ts'
import { openSchemaEngine } from './schema-engine.ts'
import { createTransactionAdapter } from './transaction-adapter.ts'

export interface MigrateDatabaseOptions {
  readonly connectionString: string
  readonly logger: Logger
  /** Folder of `schema.prisma` and `migrations/`. Default: the repository's. */
  readonly prismaDir?: string
}

export interface MigrateDatabaseResult {
  /** Names of the migrations this call applied, oldest first. */
  readonly applied: readonly string[]
}

/** The lock the Prisma CLI takes too: our processes and it wait for each other. */
const PRISMA_MIGRATE_LOCK = 72_707_369
const NOTHING_EXTERNAL = { externalTables: [], externalEnums: [] }

/**
 * Applies the missing migrations. The whole run, with its history rows, is one transaction on one connection: it happened or it did
 * not, so a killed run is simply run again. Several processes may call it at once; one works, the others wait and find nothing to do.
 * A database that knows migrations this version does not is refused.
 */
export async function migrateDatabase({ connectionString, logger, prismaDir }: MigrateDatabaseOptions): Promise<MigrateDatabaseResult> {
  const files = await readMigrationFiles(prismaDir)
  const client = new Client({ connectionString, application_name: 'maildock-migrate', keepAlive: true, connectionTimeoutMillis: 10_000 })
  client.on('error', (error) => logger.warn({ reason: error.message }, 'The connection of the migration was lost.'))
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query("SET LOCAL lock_timeout = '10min'")
    await client.query('SELECT pg_advisory_xact_lock($1)', [PRISMA_MIGRATE_LOCK])
    const engine = await openSchemaEngine(files, createTransactionAdapter(client), (line) => logger.debug({ line }, 'Schema engine.'))
    try {
      const { appliedMigrationNames: applied } = await engine.applyMigrations({
        migrationsList: files.migrations,
        filters: NOTHING_EXTERNAL,
      })
      await client.query('COMMIT')
      if (applied.length > 0) logger.info({ applied }, 'The database schema was brought up to date.')
      return { applied }
    } finally {
      engine.free()
    }
  } finally {
    // Ends the transaction too, if it is still open: nothing of it stays.
    await client.end()
  }
}
