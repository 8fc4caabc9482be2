import { readDatabaseError } from '../translate-prisma-error.ts'
import { readMigrationHistory, type MigrationHistory } from './migration-history.ts'
import { withMigrationSession, type MigrationOptions } from './migration-session.ts'

/** What `maildock doctor` and `/readyz` want to know of a database. */
export type DatabaseDiagnosis =
  | {
      readonly reachable: true
      readonly serverVersion: string
      readonly migrations: MigrationHistory
      /** Whether this version can work with the schema as it is. */
      readonly ready: boolean
    }
  | { readonly reachable: false; readonly reason: string }

/** Looks without changing anything. An unreachable database is an answer, not an error. */
export async function diagnoseDatabase(options: MigrationOptions): Promise<DatabaseDiagnosis> {
  try {
    return await withMigrationSession('read', options, async (session) => {
      const migrations = await readMigrationHistory(session)
      const { rows } = await session.client.query<{ server_version: string }>('SHOW server_version')
      const ready = migrations.pending.length + migrations.unknown.length + migrations.failed.length === 0
      return { reachable: true, serverVersion: rows[0]?.server_version ?? 'unknown', migrations, ready }
    })
  } catch (error) {
    const failure = readDatabaseError(error)
    if (failure === null || !(error instanceof Error)) throw error
    // The message names host and port at most: connection parameters are properties of pg's client, not of its errors.
    return { reachable: false, reason: error.message === '' ? failure.code : error.message }
  }
}
