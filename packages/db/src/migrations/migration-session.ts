import type { Logger } from '@maildock/core'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { Client } from 'pg'
import { readMigrationFiles, type MigrationFiles } from './migration-files.ts'
import { MigrationError } from './migration-error.ts'
import { openSchemaEngine } from './schema-engine.ts'
import { createTransactionAdapter } from './transaction-adapter.ts'

export interface MigrationOptions {
  readonly connectionString: string
  readonly logger: Logger
  /** Folder of `schema.prisma` and `migrations/`. Default: the repository's. */
  readonly prismaDir?: string
}

export interface MigrationSession {
  readonly client: Client
  readonly engine: SchemaEngine
  readonly files: MigrationFiles
}

/** The lock the Prisma CLI takes too: our processes and it wait for each other. */
const PRISMA_MIGRATE_LOCK = 72_707_369

/**
 * Runs `use` with the schema engine in one transaction of one connection. Whatever `use` does not commit never happened: closing the
 * connection ends the transaction. `change` waits until no other process migrates this database, `read` does not.
 * @throws MigrationError when a script or the engine fails
 */
export async function withMigrationSession<T>(
  purpose: 'read' | 'change',
  options: MigrationOptions,
  use: (session: MigrationSession) => Promise<T>,
): Promise<T> {
  const { connectionString, logger, prismaDir } = options
  const files = await readMigrationFiles(prismaDir)
  const client = new Client({ connectionString, application_name: 'maildock-migrate', keepAlive: true, connectionTimeoutMillis: 10_000 })
  client.on('error', (error) => logger.warn({ reason: error.message }, 'The connection of the migration was lost.'))
  await client.connect()
  try {
    await client.query('BEGIN')
    if (purpose === 'change') {
      await client.query("SET LOCAL lock_timeout = '10min'")
      await client.query('SELECT pg_advisory_xact_lock($1)', [PRISMA_MIGRATE_LOCK])
    }
    const adapter = createTransactionAdapter(client)
    const engine = await openSchemaEngine(files, adapter.factory, (line) => logger.debug({ line }, 'Schema engine.'))
    try {
      return await use({ client, engine, files })
    } catch (error) {
      throw error instanceof MigrationError ? error : explain(error, adapter.failure(), files)
    } finally {
      engine.free()
    }
  } finally {
    await client.end()
  }
}

function explain(
  error: unknown,
  failure: ReturnType<ReturnType<typeof createTransactionAdapter>['failure']>,
  files: MigrationFiles,
): Error {
  if (failure === null) {
    const [reason] = error instanceof Error ? error.message.split('\n') : []
    return new MigrationError(`The schema engine stopped: ${reason ?? 'no reason given'}`, { cause: error })
  }
  const name = files.migrations.migrationDirectories.find(({ migrationFile: { content } }) => content.value === failure.script)?.path
  const reason = failure.error instanceof Error ? failure.error.message : 'no reason given'
  return new MigrationError(`The migration ${name ?? 'of unknown name'} failed, nothing was changed: ${reason}`, { cause: failure.error })
}
