import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StartupProblem } from '../startup-problem.ts'

/** The folder in which one installation keeps what must outlive it: database, keys, demo mail. */
export interface DataDir {
  readonly path: string
  /**
   * A secret that is made once and then stays: `make` is called only when the file is not there. Mode 0600.
   * A file that others may read is closed to them first.
   */
  ensureSecret(name: string, make: () => string): Promise<string>
}

/**
 * Makes the folder (0700) and proves that it can be written.
 * @throws StartupProblem when it cannot.
 */
export async function openDataDir(path: string): Promise<DataDir> {
  const absolute = resolve(path)
  try {
    await mkdir(absolute, { recursive: true, mode: 0o700 })
    const probe = join(absolute, `.probe-${process.pid}`)
    await writeFile(probe, '')
    await rm(probe)
  } catch (cause) {
    throw new StartupProblem(`The data folder ${absolute} cannot be written. Mend its permissions or set DATA_DIR.`, [], { cause })
  }
  return { path: absolute, ensureSecret: (name, make) => ensureSecret(join(absolute, name), make) }
}

async function ensureSecret(file: string, make: () => string): Promise<string> {
  const present = await readSecret(file)
  if (present !== null) return present
  // Written whole under a name of its own, then linked: a process killed half-way leaves no half secret, and of several
  // processes that start at once one wins.
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(draft, `${make()}\n`, { flag: 'wx', mode: 0o600, flush: true })
    await link(draft, file)
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  const written = await readSecret(file)
  if (written === null) throw new StartupProblem(`The secret ${file} vanished while it was written.`)
  return written
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

async function readSecret(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file)
    if ((mode & 0o077) !== 0) await chmod(file, 0o600)
    const text = (await readFile(file, 'utf8')).trim()
    if (text === '') throw new StartupProblem(`The secret ${file} is empty. Restore it from a backup; a new one cannot open old data.`)
    return text
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
}
