import type { MigrationHistory } from '@maildock/db'

/** What is wrong with the schema of a database, and what brings it up to date: `migrate` where it is named, a start where it is embedded. */
export function describeMigrations({ pending, unknown, failed }: MigrationHistory, embedded: boolean): string {
  const mend = embedded ? 'start Maildock, which brings it up to date' : 'run `maildock migrate`'
  if (unknown.length > 0) return `its schema is newer than this version of Maildock: ${unknown.join(', ')}`
  if (failed.length > 0) return `a migration failed: ${failed.join(', ')}; ${mend}`
  return `${pending.length === 1 ? 'one migration is' : `${pending.length} migrations are`} missing; ${mend}`
}
