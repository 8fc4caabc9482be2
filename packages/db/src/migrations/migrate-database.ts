import type { Logger } from '@maildock/core'
import { MigrationError } from './migration-error.ts'
import { NOTHING_EXTERNAL, readMigrationHistory, type MigrationHistory } from './migration-history.ts'
import { withMigrationSession, type MigrationOptions } from './migration-session.ts'

export interface MigrateDatabaseResult {
  /** Names of the migrations this call applied, oldest first. */
  readonly applied: readonly string[]
}

/**
 * Applies the missing migrations. The whole run, with its history rows, is one transaction: it happened or it did not, so a killed
 * run is simply run again. Several processes may call it at once; one works, the others wait and find nothing to do.
 * @throws MigrationError also when the database was migrated by a newer version than this one
 */
export async function migrateDatabase(options: MigrationOptions): Promise<MigrateDatabaseResult> {
  const { logger } = options
  return await withMigrationSession('change', options, async (session) => {
    assertMayMigrate(await readMigrationHistory(session), logger)
    const { appliedMigrationNames: applied } = await session.engine.applyMigrations({
      migrationsList: session.files.migrations,
      filters: NOTHING_EXTERNAL,
    })
    await session.client.query('COMMIT')
    if (applied.length > 0) logger.info({ applied }, 'The database schema was brought up to date.')
    return { applied }
  })
}

function assertMayMigrate({ unknown, failed, edited }: MigrationHistory, logger: Logger): void {
  if (unknown.length > 0) {
    throw new MigrationError(
      `This database was migrated by a newer Maildock (${unknown.join(', ')}): start that version, or restore a backup made before it.`,
    )
  }
  if (failed.length > 0) {
    throw new MigrationError(`The Prisma CLI left a failed migration (${failed.join(', ')}): settle it with "prisma migrate resolve".`)
  }
  if (edited.length > 0) logger.warn({ edited }, 'Migrations were edited after they were applied; they are not applied again.')
}
