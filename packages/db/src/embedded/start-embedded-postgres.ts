import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Logger } from '@maildock/core'
import { Client } from 'pg'
import { locateBinaries } from './binaries.ts'
import { ensureCluster, planClusterPaths, SUPERUSER } from './cluster.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { lockFolder } from './folder-lock.ts'
import { findPort, rememberPort } from './port.ts'
import { chooseRunAs } from './run-as.ts'
import { clearLeftover, startServer, stopServer, type StartServerOptions } from './server-process.ts'

export interface EmbeddedPostgresOptions {
  /** The cluster lies in its subfolder `postgres`. Made if missing. */
  readonly dataDir: string
  readonly logger: Logger
  /** Server settings beside ours, e.g. `{fsync: 'off'}` in tests. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly connectionString: string
}

const DATABASE = 'maildock'
const PORT_ATTEMPTS = 5

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Neither the statements nor the row values of a failed write belong in a log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
} as const

/**
 * Starts the PostgreSQL of a data folder on a free loopback port: made on the first start, found again on the next. What a killed
 * owner left behind is cleared away. Dispose to stop it.
 * @throws EmbeddedPostgresError one clear line: folder in use or not writable, no binaries for this platform, server does not start.
 */
export async function startEmbeddedPostgres({ dataDir, logger, settings = {} }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const paths = planClusterPaths(resolve(dataDir))
  await ensureWritable(paths.dataDir)
  const binaries = await locateBinaries()
  const runAs = await chooseRunAs(paths.dataDir, binaries.postgres)
  const lock = await lockFolder(paths.lockFile, paths.dataDir)
  let server: ChildProcess | undefined
  let stopping = false
  const stop = async (): Promise<void> => {
    stopping = true
    try {
      if (server !== undefined) await stopChild(server)
    } finally {
      await lock[Symbol.asyncDispose]()
    }
  }
  try {
    await clearLeftover(paths)
    const password = await ensureCluster({ paths, initdb: binaries.initdb, runAs, durable: settings['fsync'] !== 'off' })
    const { child, port } = await startOnFreePort({ paths, postgres: binaries.postgres, runAs, settings: { ...SETTINGS, ...settings } })
    server = child
    child.once('exit', (code, signal) => {
      if (stopping) logger.info({ code, signal }, 'The embedded PostgreSQL was stopped.')
      else logger.error({ code, signal, log: paths.logFile }, 'The embedded PostgreSQL ended by itself.')
    })
    const connectionString = await ensureDatabase(`postgres://${SUPERUSER}:${password}@127.0.0.1:${port}`)
    logger.info({ port }, 'The embedded PostgreSQL is running.')
    return { connectionString, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  if (child.pid !== undefined && !hasEnded()) await stopServer(child.pid, hasEnded)
}

/** Others may pass through: as root, PostgreSQL runs as somebody else. What lies in the folder is closed to them. */
async function ensureWritable(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o711 })
    await access(dataDir, constants.W_OK | constants.X_OK)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new EmbeddedPostgresError(`The data folder ${dataDir} cannot be written to (${code}): set DATA_DIR to one that can.`, { cause })
  }
}

async function startOnFreePort(options: Omit<StartServerOptions, 'port'>) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findPort(options.paths.portFile)
    try {
      const child = await startServer({ ...options, port })
      await rememberPort(options.paths.portFile, port)
      return { port, child }
    } catch (error) {
      // Between our look and its start somebody else may have taken the port; a just killed server may still hold its memory.
      const passing = error instanceof Error && /could not create any TCP\/IP sockets|shared memory/u.test(error.message)
      if (!passing || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

async function ensureDatabase(server: string): Promise<string> {
  const client = new Client({ connectionString: `${server}/postgres`, connectionTimeoutMillis: 10_000 })
  let lost: Error | undefined
  client.on('error', (error) => (lost = error))
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  } finally {
    await client.end()
  }
  if (lost !== undefined) throw lost
  return `${server}/${DATABASE}`
}
