import { migrateDatabase } from '@maildock/db'
import { migrateJobs } from '@maildock/sync'
import { requireDatabaseUrl } from '../composition/database-url.ts'
import { loadConfig } from '../config/load-config.ts'
import { createLogger } from '../logger.ts'

/** Brings Maildock's tables and the job queue's to this version. Safe to repeat, and to run from several machines at once. */
export async function migrate(): Promise<void> {
  const config = loadConfig()
  const logger = createLogger({ level: config.LOG_LEVEL, name: 'migrate' })
  const connectionString = requireDatabaseUrl(config)
  await migrateDatabase({ connectionString, logger })
  await migrateJobs({ connectionString })
  process.stdout.write('The database is up to date.\n')
}
