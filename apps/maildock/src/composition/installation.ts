import type { Logger } from '@maildock/core'
import type { Config } from '../config/config-schema.ts'
import { loadConfig } from '../config/load-config.ts'
import { createLogger } from '../logger.ts'
import { requireDatabaseUrl } from './database-url.ts'
import { requireCredentialKeys } from './keys.ts'

/** What every process of one installation shares: settings, database, keys. */
export interface Installation {
  readonly config: Config
  readonly connectionString: string
  readonly credentialKeys: string
  readonly logger: Logger
}

/** The installation as the environment describes it, for processes that do not bring their own database. */
export function openInstallation(name: string): Installation {
  const config = loadConfig()
  const logger = createLogger({ level: config.LOG_LEVEL, name })
  const connectionString = requireDatabaseUrl(config)
  const credentialKeys = requireCredentialKeys(config)
  return { config, connectionString, credentialKeys, logger }
}
