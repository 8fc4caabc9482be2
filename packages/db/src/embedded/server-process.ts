import { spawn, type ChildProcess } from 'node:child_process'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterPaths } from './cluster.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { isAlive, readCommandLine } from './process-identity.ts'
import { planLaunch, type RunAs } from './run-as.ts'

const POLL_MS = 10
const START_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 15_000
const LOG_LIMIT_OCTETS = 10 * 1024 * 1024

export interface StartServerOptions {
  readonly paths: ClusterPaths
  readonly postgres: string
  readonly runAs: RunAs
  readonly port: number
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Starts the server in a process group of its own, so that Ctrl-C reaches it through us only, and resolves when it takes
 * connections. Its log goes to a file; no statement and no row value is written there.
 */
export async function startServer({ paths, postgres, runAs, port, settings }: StartServerOptions): Promise<ChildProcess> {
  const tooLong = (await stat(paths.logFile).catch(() => null))?.size ?? 0
  const log = await open(paths.logFile, tooLong > LOG_LIMIT_OCTETS ? 'w' : 'a', 0o600)
  const { size: logStart } = await log.stat()
  const args = ['-D', paths.cluster, '-p', String(port)]
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`)
  const launch = planLaunch(runAs, postgres, args)
  let child: ChildProcess
  try {
    child = spawn(launch.command, launch.args, { ...launch.options, detached: true, stdio: ['ignore', log.fd, log.fd] })
  } finally {
    await log.close()
  }
  let failure: Error | undefined
  child.once('error', (error) => (failure = error))
  const deadline = Date.now() + START_DEADLINE_MS
  while (!(await isReady(paths, child.pid))) {
    if (failure !== undefined) throw new EmbeddedPostgresError(`PostgreSQL could not be run: ${failure.message}`, { cause: failure })
    if (child.exitCode !== null || child.signalCode !== null) throw new EmbeddedPostgresError(await explainExit(paths, logStart))
    if (Date.now() > deadline) {
      child.kill('SIGQUIT')
      throw new EmbeddedPostgresError(`PostgreSQL did not start within ${START_DEADLINE_MS / 1000} s: see ${paths.logFile}.`)
    }
    await delay(POLL_MS)
  }
  return child
}

/** Stops a server and waits for its end: connections are cut and data is flushed; after 15 s without the flush. */
export async function stopServer(pid: number, hasEnded: () => boolean): Promise<void> {
  process.kill(pid, 'SIGINT')
  if (await waitUntil(hasEnded, STOP_DEADLINE_MS)) return
  process.kill(pid, 'SIGQUIT')
  if (await waitUntil(hasEnded, STOP_DEADLINE_MS)) return
  throw new EmbeddedPostgresError(`PostgreSQL (process ${pid}) does not stop.`)
}

/**
 * Clears away what a killed owner left: a server that still runs is stopped; a `postmaster.pid` that names no server of this
 * cluster is removed, because PostgreSQL takes any process of that id for its predecessor.
 */
export async function clearLeftover(paths: ClusterPaths): Promise<void> {
  const pid = Number((await readPostmasterFile(paths))[0])
  if (!Number.isInteger(pid) || pid <= 0) return
  const commandLine = isAlive(pid) ? await readCommandLine(pid) : null
  if (commandLine !== null && commandLine.includes(paths.cluster)) await stopServer(pid, () => !isAlive(pid))
  await rm(`${paths.cluster}/postmaster.pid`, { force: true })
}

async function isReady(paths: ClusterPaths, pid: number | undefined): Promise<boolean> {
  const lines = await readPostmasterFile(paths)
  return pid !== undefined && lines[0] === String(pid) && lines[7] === 'ready'
}

async function readPostmasterFile(paths: ClusterPaths): Promise<readonly string[]> {
  try {
    return (await readFile(`${paths.cluster}/postmaster.pid`, 'utf8')).split('\n').map((line) => line.trim())
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

async function explainExit(paths: ClusterPaths, logStart: number): Promise<string> {
  const lines = (await readFile(paths.logFile)).subarray(logStart).toString('utf8').split('\n')
  const reason = lines.find((line) => line.includes('FATAL:')) ?? lines.findLast((line) => line.trim() !== '') ?? 'no reason given'
  return `PostgreSQL did not start: ${reason.replace(/^.*FATAL:\s*/u, '').trim()} (see ${paths.logFile}).`
}

async function waitUntil(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (!condition()) {
    if (Date.now() > deadline) return false
    await delay(POLL_MS)
  }
  return true
}
