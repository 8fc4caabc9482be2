import type { Config } from '../config/config-schema.ts'
import { StartupProblem } from '../startup-problem.ts'

/** @throws StartupProblem where no database is named: only `up` brings its own. */
export function requireDatabaseUrl(config: Config): string {
  if (config.DATABASE_URL !== undefined) return config.DATABASE_URL
  throw new StartupProblem('DATABASE_URL is not set. It is needed here; only `maildock up` brings a database of its own.')
}
