import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** Who PostgreSQL runs as. Empty: the same user as this process. */
export interface RunAs {
  readonly uid?: number
  readonly gid?: number
}

const USER = 'postgres'

/** PostgreSQL refuses to run as root: then it runs as the system user `postgres`, who is made if missing. */
export async function chooseRunAs(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {}
  const known = await findUser()
  if (known !== null) return known
  try {
    await promisify(execFile)('useradd', ['--system', '--user-group', '--no-create-home', USER])
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `PostgreSQL cannot run as root and the user "${USER}" could not be made: start Maildock as a normal user, or set DATABASE_URL.`,
      { cause },
    )
  }
  const made = await findUser()
  if (made === null) throw new EmbeddedPostgresError(`The user "${USER}" was made but is not in /etc/passwd: set DATABASE_URL.`)
  return made
}

async function findUser(): Promise<RunAs | null> {
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name === USER) return { uid: Number(uid), gid: Number(gid) }
  }
  return null
}

/** Fails with one clear line when the chosen user cannot enter `folder` or run `program`. */
export async function assertReachable(runAs: RunAs, folder: string, program: string): Promise<void> {
  if (runAs.uid === undefined) return
  const probes: readonly [what: string, command: string, args: readonly string[]][] = [
    ['the programs in ' + program, program, ['--version']],
    [folder, '/bin/sh', ['-c', 'cd "$0" && test -x .', folder]],
  ]
  for (const [what, command, args] of probes) {
    if (await succeeds(command, args, runAs)) continue
    throw new EmbeddedPostgresError(
      `PostgreSQL cannot run as root, and its user "${USER}" cannot reach ${what}: start Maildock as a normal user, or put it where others may enter.`,
    )
  }
}

function succeeds(command: string, args: readonly string[], runAs: RunAs): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...runAs, cwd: '/', stdio: 'ignore' })
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
  })
}
