import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { isAlive, readStartTime } from './process-identity.ts'

interface Owner {
  readonly pid: number
  readonly startTime: string | null
  /** Tells two owners in one process apart. */
  readonly nonce: string
}

const ownedHere = new Set<string>()

/**
 * Makes this process the only owner of a folder, by a lock file that names the process. A lock whose process is gone is taken
 * over. Dispose to give it back.
 * @throws EmbeddedPostgresError when a living process owns the folder.
 */
export async function lockFolder(lockFile: string, folder: string): Promise<AsyncDisposable> {
  const own: Owner = { pid: process.pid, startTime: await readStartTime(process.pid), nonce: randomUUID() }
  const draft = `${lockFile}.${own.nonce}`
  await writeFile(draft, JSON.stringify(own), { mode: 0o600 })
  // Before the lock can be seen: whoever finds it must not take it for one of an earlier process with our id.
  ownedHere.add(own.nonce)
  try {
    await take(lockFile, draft, folder)
  } catch (error) {
    ownedHere.delete(own.nonce)
    throw error
  } finally {
    await rm(draft, { force: true })
  }
  return {
    [Symbol.asyncDispose]: async () => {
      ownedHere.delete(own.nonce)
      if ((await readOwner(lockFile))?.nonce === own.nonce) await rm(lockFile, { force: true })
    },
  }
}

async function take(lockFile: string, draft: string, folder: string): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    try {
      // A link appears whole or not at all, and fails when the name is taken.
      await link(draft, lockFile)
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const owner = await readOwner(lockFile)
    if (owner !== null && (await lives(owner))) {
      throw new EmbeddedPostgresError(
        `Another Maildock (process ${owner.pid}) already uses ${folder}: stop it first, or give this one another DATA_DIR.`,
      )
    }
    await removeStale(lockFile, `${draft}.stale`, owner)
  }
  throw new EmbeddedPostgresError(`The lock ${lockFile} keeps changing hands: several Maildocks start at once.`)
}

/** Moves the lock away first: if a new owner was quicker, it gets it back. */
async function removeStale(lockFile: string, aside: string, stale: Owner | null): Promise<void> {
  try {
    await rename(lockFile, aside)
    if ((await readOwner(aside))?.nonce !== stale?.nonce) await link(aside, lockFile)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EEXIST'))) throw error
  } finally {
    await rm(aside, { force: true })
  }
}

async function lives(owner: Owner): Promise<boolean> {
  if (owner.pid === process.pid) return ownedHere.has(owner.nonce)
  return isAlive(owner.pid) && (owner.startTime === null || owner.startTime === (await readStartTime(owner.pid)))
}

/** Tells whether the process that wrote this lock file still runs. */
export async function isLockHeld(lockFile: string): Promise<boolean> {
  const owner = await readOwner(lockFile)
  return owner !== null && (await lives(owner))
}

async function readOwner(lockFile: string): Promise<Owner | null> {
  try {
    const value: unknown = JSON.parse(await readFile(lockFile, 'utf8'))
    return isOwner(value) ? value : null
  } catch (error) {
    // Gone meanwhile, or cut short by a full disk: nobody's.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return null
    throw error
  }
}

function isOwner(value: unknown): value is Owner {
  return typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number' && 'nonce' in value
}
