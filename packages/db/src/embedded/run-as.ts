import { execFile, spawn, type SpawnOptions } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/**
 * Who PostgreSQL runs as; it refuses to run as root.
 * - `self`: the user of this process, who is not root.
 * - `user`: started by root, as the system user `postgres`.
 * - `namespace`: started by root where that user cannot enter, such as below `/root`: in a user namespace (user_namespaces(7)) that
 *   shows it as `postgres` to itself, without any privilege, while the files are root's.
 */
export type RunAs =
  | { readonly kind: 'self' }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'namespace'; readonly uid: number; readonly gid: number }

/** What `spawn` is called with. The process id is that of the command in every case. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly options: Pick<SpawnOptions, 'uid' | 'gid' | 'cwd'>
}

const USER = 'postgres'

/** Says how to start a program as somebody. Always from `/`, where everybody may be. */
export function planLaunch(runAs: RunAs, command: string, args: readonly string[]): Launch {
  switch (runAs.kind) {
    case 'self':
      return { command, args, options: { cwd: '/' } }
    case 'user':
      return { command, args, options: { cwd: '/', uid: runAs.uid, gid: runAs.gid } }
    case 'namespace': {
      const mapping = ['--user', `--map-user=${runAs.uid}`, `--map-group=${runAs.gid}`]
      return { command: 'unshare', args: [...mapping, command, ...args], options: { cwd: '/' } }
    }
    default:
      return runAs satisfies never
  }
}

/** Who the files of the cluster belong to. Null: whoever made them. */
export function ownerOf(runAs: RunAs): { readonly uid: number; readonly gid: number } | null {
  switch (runAs.kind) {
    case 'self':
      return null
    case 'user':
      return { uid: runAs.uid, gid: runAs.gid }
    case 'namespace':
      return { uid: 0, gid: 0 }
    default:
      return runAs satisfies never
  }
}

/**
 * Chooses who runs `program` in `folder`. As root that is the system user `postgres`, made if missing.
 * @throws EmbeddedPostgresError when nobody can
 */
export async function chooseRunAs(folder: string, program: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { kind: 'self' }
  const user = (await findUser()) ?? (await makeUser())
  const candidates = [{ kind: 'user', ...user } as const, { kind: 'namespace', ...user } as const]
  for (const runAs of candidates) {
    const entersFolder = await succeeds(planLaunch(runAs, '/bin/sh', ['-c', 'cd "$0"', folder]))
    if (entersFolder && (await succeeds(planLaunch(runAs, program, ['--version'])))) return runAs
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL cannot run as root, and its user "${USER}" may not enter ${folder} or run ${program}: start Maildock as a normal user, or set DATABASE_URL.`,
  )
}

interface SystemUser {
  readonly uid: number
  readonly gid: number
}

async function makeUser(): Promise<SystemUser> {
  try {
    await promisify(execFile)('useradd', ['--system', '--user-group', '--no-create-home', USER])
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `PostgreSQL cannot run as root and the user "${USER}" could not be made: start Maildock as a normal user, or set DATABASE_URL.`,
      { cause },
    )
  }
  const user = await findUser()
  if (user === null) throw new EmbeddedPostgresError(`The user "${USER}" was made but is not in /etc/passwd: set DATABASE_URL.`)
  return user
}

async function findUser(): Promise<SystemUser | null> {
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name === USER) return { uid: Number(uid), gid: Number(gid) }
  }
  return null
}

function succeeds({ command, args, options }: Launch): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}
