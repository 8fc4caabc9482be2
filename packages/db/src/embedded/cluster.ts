import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { lchown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { ownerOf, planLaunch, type Launch, type RunAs } from './run-as.ts'

/** Where everything of the embedded server lies. */
export interface ClusterPaths {
  readonly dataDir: string
  readonly cluster: string
  readonly passwordFile: string
  readonly logFile: string
  readonly lockFile: string
  /** The port of the last run, which the next one takes again if it is free. */
  readonly portFile: string
}

export function planClusterPaths(dataDir: string): ClusterPaths {
  return {
    dataDir,
    cluster: `${dataDir}/postgres`,
    passwordFile: `${dataDir}/postgres.password`,
    logFile: `${dataDir}/postgres.log`,
    lockFile: `${dataDir}/postgres.lock`,
    portFile: `${dataDir}/postgres.port`,
  }
}

export const SUPERUSER = 'maildock'

const INITDB_ARGS = [
  `--username=${SUPERUSER}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // The same order and case rules on every machine, whatever locales it has.
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
]

export interface EnsureClusterOptions {
  readonly paths: ClusterPaths
  readonly initdb: string
  readonly runAs: RunAs
  /** False: what a power cut destroys may be lost, as in tests. */
  readonly durable: boolean
}

/**
 * Makes the cluster if there is none and returns the password of its user. It is made beside its place and moved there when
 * complete, so that an interrupted first start leaves nothing half made.
 */
export async function ensureCluster({ paths, initdb, runAs, durable }: EnsureClusterOptions): Promise<string> {
  const version = await readOrNull(`${paths.cluster}/PG_VERSION`)
  if (version !== null) {
    const password = await readOrNull(paths.passwordFile)
    if (password !== null) {
      await ensureOwner(paths.cluster, runAs)
      return password.trim()
    }
    throw new EmbeddedPostgresError(`${paths.passwordFile} is missing: restore it, or move ${paths.cluster} away to begin anew.`)
  }
  const password = randomBytes(24).toString('base64url')
  const draft = `${paths.cluster}.new`
  const handover = `${paths.cluster}.init`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await writeFile(paths.passwordFile, `${password}\n`, { mode: 0o600 })
  await writeFile(handover, `${password}\n`, { mode: 0o600 })
  try {
    const owner = ownerOf(runAs)
    if (owner !== null) for (const path of [draft, handover]) await lchown(path, owner.uid, owner.gid)
    const args = [`--pgdata=${draft}`, `--pwfile=${handover}`, ...INITDB_ARGS, ...(durable ? [] : ['--no-sync'])]
    await runInitdb(planLaunch(runAs, initdb, args), paths.cluster)
    await rename(draft, paths.cluster)
  } finally {
    await rm(handover, { force: true })
    await rm(draft, { recursive: true, force: true })
  }
  return password
}

function runInitdb(launch: Launch, cluster: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(launch.command, launch.args, { ...launch.options, stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output = (output + chunk).slice(-4_000)))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) return resolve()
      const reason = output.split('\n').find((line) => /error|fatal/iu.test(line)) ?? `initdb ended with ${code}`
      reject(new EmbeddedPostgresError(`The database could not be made in ${cluster}: ${reason.trim()}`))
    })
  })
}

/** PostgreSQL insists that the cluster is its user's own. Once it may have run as somebody else. */
async function ensureOwner(cluster: string, runAs: RunAs): Promise<void> {
  const { uid } = await stat(cluster)
  const owner = ownerOf(runAs)
  if (owner === null) {
    if (uid === (process.getuid?.() ?? uid)) return
    throw new EmbeddedPostgresError(
      `${cluster} belongs to another user (was Maildock run as root once?): give it to this one with chown -R.`,
    )
  }
  if (uid === owner.uid) return
  for (const name of ['.', ...(await readdir(cluster, { recursive: true }))]) await lchown(join(cluster, name), owner.uid, owner.gid)
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
