import { randomUUID } from 'node:crypto'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type * as Db from '../../../db/src/index.ts'
import type * as JobMigrationModule from '../../../sync/src/migrate-jobs.ts'

/** What test files need to make a database of their own. */
export interface TestPostgres {
  /** Connection string of the maintenance database. */
  readonly admin: string
  /** Name of the migrated template. */
  readonly template: string
}

export interface TestPostgresServer extends TestPostgres, AsyncDisposable {}

// Every package may depend on testkit for its tests, so testkit depends on none of them: it reaches these two by path.
type DbPackage = typeof Db
type JobMigration = typeof JobMigrationModule
const DB_PACKAGE = new URL('../../../db/src/index.ts', import.meta.url)
const JOB_MIGRATION = new URL('../../../sync/src/migrate-jobs.ts', import.meta.url)

const FOLDER_PREFIX = 'maildock-test-postgres-'
const TEMPLATE = 'maildock_template'
/** A younger folder may be one that another run makes or a test leaves without an owner at this moment. */
const YOUNG_MS = 10 * 60_000
/** Nothing here outlives the run. */
const UNSAFE_AND_FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' } as const

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => quiet }

/** Starts a PostgreSQL for one test run, with a migrated template database. What killed runs left behind is cleared away first. */
export async function startTestPostgres(): Promise<TestPostgresServer> {
  const db = (await import(DB_PACKAGE.href)) as DbPackage
  await discardLeftovers(db)
  const dataDir = join(tmpdir(), `${FOLDER_PREFIX}${randomUUID()}`)
  await mkdir(dataDir, { mode: 0o711 })
  const server = await db.startEmbeddedPostgres({ dataDir, logger: quiet, settings: UNSAFE_AND_FAST })
  const dispose = async (): Promise<void> => {
    await server[Symbol.asyncDispose]()
    await db.discardEmbeddedPostgres(dataDir)
  }
  try {
    await makeTemplate(db, server.connectionString)
  } catch (error) {
    await dispose()
    throw error
  }
  return { admin: server.connectionString, template: TEMPLATE, [Symbol.asyncDispose]: dispose }
}

async function makeTemplate(db: DbPackage, admin: string): Promise<void> {
  await runAsAdmin(admin, `CREATE DATABASE ${TEMPLATE}`)
  const connectionString = connectionStringFor(admin, TEMPLATE)
  await db.migrateDatabase({ connectionString, logger: quiet })
  const { migrateJobs } = (await import(JOB_MIGRATION.href)) as JobMigration
  await migrateJobs({ connectionString })
  await runAsAdmin(admin, `ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`)
}

/** Runs one statement that no transaction may hold, such as CREATE DATABASE. */
export async function runAsAdmin(admin: string, sql: string, params: unknown[] = []): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: admin, application_name: 'maildock-testkit', connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    return (await client.query(sql, params)).rows
  } finally {
    await client.end()
  }
}

/** The connection string of another database of the same server. */
export function connectionStringFor(admin: string, database: string): string {
  const url = new URL(admin)
  url.pathname = `/${database}`
  return url.href
}

/** Removes what killed runs left behind, servers included. A run that is alive keeps what is its own. */
export async function discardLeftovers(db: Pick<DbPackage, 'discardEmbeddedPostgres'>, now = Date.now()): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue
    const folder = join(tmpdir(), name)
    const madeAt = await readTimeOf(folder)
    if (madeAt !== null && now - madeAt > YOUNG_MS) await db.discardEmbeddedPostgres(folder)
  }
}

/** Null when somebody else removed it meanwhile. */
async function readTimeOf(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).mtimeMs
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
