import { openSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { migrateDatabase, startEmbeddedPostgres } from '@maildock/db'
import { migrateJobs } from '@maildock/sync'
import { requireDatabaseUrl } from '../composition/database-url.ts'
import { announceDatabase } from '../composition/running-database.ts'
import { startHttpServer } from '../composition/http-server.ts'
import { ensureCredentialKeys } from '../composition/keys.ts'
import { openDataDir } from '../config/data-dir.ts'
import { loadConfig } from '../config/load-config.ts'
import { type DemoMail, startDemoMail } from '../demo/start-demo-mail.ts'
import { createLogger } from '../logger.ts'
import { createProgress } from '../progress.ts'
import { shutdownRequested } from '../shutdown.ts'
import { planWorkers, superviseProcesses } from '../supervisor.ts'
import { welcome } from '../welcome.ts'

export interface UpOptions {
  readonly demo: boolean
  readonly log: 'file' | 'stdout'
}

/** Everything on one machine, until told to stop: database, migrations, HTTP, workers and, if asked for, the demo mail server. */
export async function up(options: UpOptions): Promise<void> {
  const { requested } = shutdownRequested()
  const progress = createProgress(process.stdout)
  const startedAt = performance.now()
  const given = loadConfig()
  const dataDir = await openDataDir(given.DATA_DIR)
  const logFile = join(dataDir.path, 'maildock.log')
  const logFd = options.log === 'file' ? openSync(logFile, 'a', 0o600) : 1
  const destination = pino.destination({ fd: logFd, sync: false })
  const logger = createLogger({ level: given.LOG_LEVEL, name: 'up', destination })

  await using stack = new AsyncDisposableStack()
  const demo: DemoMail | null = options.demo
    ? stack.use(await progress.step('Starting the demo mail server', () => startDemoMail({ dataDir, config: given, logger })))
    : null
  const config = demo?.config ?? given
  const embedded =
    config.DATABASE_URL === undefined
      ? stack.use(await progress.step('Starting PostgreSQL', () => startEmbeddedPostgres({ dataDir: dataDir.path, logger })))
      : null
  if (embedded !== null) stack.use(await announceDatabase(dataDir.path, embedded.connectionString))
  const connectionString = embedded?.connectionString ?? requireDatabaseUrl(config)
  await progress.step('Migrating the database', async () => {
    await migrateDatabase({ connectionString, logger })
    await migrateJobs({ connectionString })
  })
  const credentialKeys = await ensureCredentialKeys(config, dataDir)
  const server = stack.use(
    await progress.step('Starting the API and the dashboard', () => startHttpServer({ config, connectionString, credentialKeys, logger })),
  )
  const env = { DATABASE_URL: connectionString, CREDENTIAL_KEYS: credentialKeys, ...demo?.env }
  const processes = planWorkers(config.WORK_PROCESSES ?? availableParallelism(), env, options.log === 'file' ? logFd : undefined)
  stack.use(superviseProcesses({ processes, logger }))

  progress.line(
    welcome({
      publicUrl: server.publicUrl,
      config,
      demo,
      dataDir: dataDir.path,
      logFile: options.log === 'file' ? logFile : null,
      seconds: (performance.now() - startedAt) / 1000,
    }),
  )
  logger.info({ reason: await requested }, 'Stopping')
  progress.line('\n  Stopping…')
}
