import type { Logger } from '@maildock/core'
import { openDatabase } from '@maildock/db'
import { startWorker, type Worker } from '@maildock/sync'
import type { Vault } from '@maildock/vault'
import type { Config } from '../config/config-schema.ts'
import { openVault } from './keys.ts'
import { openMailPolicy } from './mail-policy.ts'

export interface WorkerOptions {
  readonly config: Config
  readonly connectionString: string
  readonly credentialKeys: string
  readonly logger: Logger
}

/** Starts one worker in this process: the job queue's tasks, its heartbeat, its sweeps, its watchers. */
export async function startSyncWorker({ config, connectionString, credentialKeys, logger }: WorkerOptions): Promise<Worker> {
  return startWorker({
    connectionString,
    vault: await openVaultOf(connectionString, credentialKeys, logger),
    egress: await openMailPolicy(config),
    concurrency: config.SYNC_CONCURRENCY,
    watchLimit: config.WATCH_LIMIT,
    logger,
  })
}

async function openVaultOf(connectionString: string, credentialKeys: string, logger: Logger): Promise<Vault> {
  await using database = openDatabase({ connectionString, applicationName: 'maildock-keys', maxConnections: 1, logger })
  return await openVault(credentialKeys, database)
}
