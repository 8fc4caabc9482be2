import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@maildock/core'
import { countCredentialsByKey, type Database, diagnoseDatabase, listKeyCanaries, openDatabase, startEmbeddedPostgres } from '@maildock/db'
import { assertCanaries, createVault, parseKeyRing } from '@maildock/vault'
import { findRunningDatabase } from '../composition/running-database.ts'
import { ensureCredentialKeys } from '../composition/keys.ts'
import { openMailPolicy } from '../composition/mail-policy.ts'
import { openDataDir } from '../config/data-dir.ts'
import type { Config } from '../config/config-schema.ts'
import { describeMigrations } from './describe-migrations.ts'
import { countAccounts, countWaitingJobs, countWorkers } from './database-facts.ts'

export interface CheckResult {
  readonly name: string
  /** `noted`: worth knowing, nothing to mend. */
  readonly outcome: 'fine' | 'noted' | 'broken'
  readonly detail: string
}

type Finding = Omit<CheckResult, 'name'>

const fine = (detail: string): Finding => ({ outcome: 'fine', detail })
const noted = (detail: string): Finding => ({ outcome: 'noted', detail })
const broken = (detail: string): Finding => ({ outcome: 'broken', detail })

/** Oldest PostgreSQL whose features the schema uses. */
const OLDEST_POSTGRES = 14

/** All checks in the order in which a cause comes before its effects. A check that throws is reported as broken; the rest still runs. */
export async function* runChecks(config: Config, logger: Logger): AsyncGenerator<CheckResult> {
  yield {
    name: 'Configuration',
    ...fine(config.DATABASE_URL === undefined ? `embedded database in ${config.DATA_DIR}` : 'external database'),
  }
  yield await check('Certificates', async () => {
    await openMailPolicy(config)
    return config.MAIL_CA_FILE === undefined ? fine('the system’s authorities') : fine('the system’s authorities and MAIL_CA_FILE')
  })
  yield await check('Listening', () => Promise.resolve(checkListening(config)))
  await using stack = new AsyncDisposableStack()
  const found: { connectionString?: string } = {}
  yield await check('Database', async () => {
    const connectionString = await findDatabase(config, logger, stack)
    if (connectionString === null) return noted('none yet; `npm start` makes one')
    const diagnosis = await diagnoseDatabase({ connectionString, logger })
    if (!diagnosis.reachable) return broken(diagnosis.reason)
    const major = Number.parseInt(diagnosis.serverVersion, 10)
    if (major < OLDEST_POSTGRES) return broken(`PostgreSQL ${diagnosis.serverVersion}; ${OLDEST_POSTGRES} or newer is needed`)
    if (!diagnosis.ready)
      return broken(`PostgreSQL ${diagnosis.serverVersion}; ${describeMigrations(diagnosis.migrations, config.DATABASE_URL === undefined)}`)
    found.connectionString = connectionString
    return fine(`PostgreSQL ${diagnosis.serverVersion}, schema up to date`)
  })
  const { connectionString } = found
  if (connectionString === undefined) return
  yield* runDatabaseChecks(
    config,
    stack.use(openDatabase({ connectionString, applicationName: 'maildock-doctor', maxConnections: 2, logger })),
  )
}

/** Configured, running here, or started for the time of the checks; null where there is no data yet. */
async function findDatabase(config: Config, logger: Logger, stack: AsyncDisposableStack): Promise<string | null> {
  const reached = config.DATABASE_URL ?? (await findRunningDatabase(config.DATA_DIR))
  if (reached !== null) return reached
  if (!existsSync(join(config.DATA_DIR, 'postgres'))) return null
  return stack.use(await startEmbeddedPostgres({ dataDir: config.DATA_DIR, logger })).connectionString
}

async function* runDatabaseChecks(config: Config, database: Database): AsyncGenerator<CheckResult> {
  yield await check('Keys', async () => {
    const keys =
      config.CREDENTIAL_KEYS ??
      (config.DATABASE_URL === undefined ? await ensureCredentialKeys(config, await openDataDir(config.DATA_DIR)) : '')
    const vault = createVault(parseKeyRing(keys))
    const inUse = await countCredentialsByKey(database.pool)
    assertCanaries(vault, await listKeyCanaries(database.pool), inUse.keys())
    const old = Array.from(inUse).filter(([keyId]) => keyId !== vault.primaryKeyId)
    const waiting = old.reduce((sum, [, count]) => sum + count, 0)
    return waiting === 0
      ? fine(`everything is sealed with "${vault.primaryKeyId}"`)
      : noted(`${waiting} credentials wait for \`maildock rotate-keys\``)
  })
  yield await check('Workers', async () => {
    const { alive, silent } = await countWorkers(database.pool)
    if (silent > 0) return noted(`${alive} alive, ${silent} silent (their accounts are taken over)`)
    return alive === 0 ? noted('none is running') : fine(`${alive} alive`)
  })
  yield await check('Jobs', async () => {
    const { waiting, overdue, failed } = await countWaitingJobs(database.pool)
    const detail = `${waiting} waiting, ${overdue} overdue by more than a minute, ${failed} given up`
    return failed > 0 ? broken(detail) : overdue > 0 ? noted(detail) : fine(detail)
  })
  yield await check('Accounts', async () => {
    const counts = await countAccounts(database.pool)
    return fine(counts.length === 0 ? 'none connected' : counts.map(({ status, count }) => `${count} ${status}`).join(', '))
  })
}

function checkListening(config: Config): Finding {
  const loopback = /^(?:127\.|localhost$|::1$)/u.test(config.HOST)
  const https = config.PUBLIC_URL?.startsWith('https://') === true
  if (loopback || https) return fine(`${config.HOST}, port ${config.PORT}`)
  return broken(`${config.HOST} is reachable from other machines without https: put a TLS proxy in front and set PUBLIC_URL`)
}

async function check(name: string, run: () => Promise<Finding>): Promise<CheckResult> {
  try {
    return { name, ...(await run()) }
  } catch (error) {
    return { name, ...broken(error instanceof Error ? error.message : String(error)) }
  }
}
