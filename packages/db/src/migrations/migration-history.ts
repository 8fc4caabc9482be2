import type { MigrationSession } from './migration-session.ts'

/** How the history in the database (`_prisma_migrations`) compares with the files. Names, oldest first. */
export interface MigrationHistory {
  readonly pending: readonly string[]
  /** Applied there, not known here: a newer version was at work. */
  readonly unknown: readonly string[]
  /** Failed under the Prisma CLI, which keeps such rows; our own runs leave none. */
  readonly failed: readonly string[]
  /** The file was changed after it was applied. */
  readonly edited: readonly string[]
}

export const NOTHING_EXTERNAL = { externalTables: [], externalEnums: [] }

/** Compares without changing anything. */
export async function readMigrationHistory({ engine, files }: MigrationSession): Promise<MigrationHistory> {
  const { history, failedMigrationNames, editedMigrationNames, hasMigrationsTable } = await engine.diagnoseMigrationHistory({
    migrationsList: files.migrations,
    optInToShadowDatabase: false,
    filters: NOTHING_EXTERNAL,
  })
  const all = files.migrations.migrationDirectories.map(({ path }) => path)
  return {
    pending: hasMigrationsTable ? (history !== null && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : []) : all,
    unknown: history !== null && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [],
    failed: failedMigrationNames,
    edited: editedMigrationNames,
  }
}
