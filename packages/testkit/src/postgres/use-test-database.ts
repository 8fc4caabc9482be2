import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, inject } from 'vitest'
import { findSecretsInDatabase } from '../secrets/find-secrets-in-database.ts'
import { listRememberedSecrets } from '../secrets/remembered-secrets.ts'
import { connectionStringFor, runAsAdmin, type TestPostgres } from './test-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    maildockPostgres: TestPostgres
  }
}

export interface TestDatabase {
  readonly connectionString: string
}

export interface TestDatabaseOptions {
  /** False: an empty database, for tests of the migrations themselves. Default true. */
  readonly migrated?: boolean
}

const CLOSE_DEADLINE_MS = 3_000
const POLL_MS = 20

/**
 * Gives this test file a PostgreSQL database of its own, made from the migrated template before the first test and dropped after
 * the last. Call it at the top of the file, before anything else registers an `afterAll`: hooks run in reverse, so its own comes
 * last and can see which connections were left open. Any left open fails the file, and so does a remembered secret in any row.
 */
export function useTestDatabase({ migrated = true }: TestDatabaseOptions = {}): TestDatabase {
  const { admin, template } = inject('maildockPostgres')
  const name = `test_${randomBytes(8).toString('hex')}`

  beforeAll(async () => {
    await runAsAdmin(admin, `CREATE DATABASE ${name} TEMPLATE ${migrated ? template : 'template0'}`)
  })

  afterAll(async () => {
    const leaked = await findLeakedConnections(admin, name)
    const secrets = listRememberedSecrets()
    const found = await findSecretsInDatabase(connectionStringFor(admin, name), secrets)
    await runAsAdmin(admin, `DROP DATABASE ${name} WITH (FORCE)`)
    if (leaked.length > 0) {
      throw new Error(`Connections were left open by this test file; dispose what opens them: ${JSON.stringify(leaked)}`)
    }
    if (found.length > 0) {
      throw new Error(`A password this test file uses stands in its database in clear: ${JSON.stringify(found)}`)
    }
  })

  return { connectionString: connectionStringFor(admin, name) }
}

/** Connections to a database that do not close by themselves. A client is closed a moment before its backend is gone, hence the patience. */
export async function findLeakedConnections(admin: string, name: string): Promise<readonly unknown[]> {
  const deadline = Date.now() + CLOSE_DEADLINE_MS
  for (;;) {
    const open = await runAsAdmin(
      admin,
      `SELECT application_name, state, left(query, 120) AS last_query FROM pg_stat_activity
       WHERE datname = $1 AND backend_type = 'client backend'`,
      [name],
    )
    if (open.length === 0 || Date.now() > deadline) return open
    await delay(POLL_MS)
  }
}
