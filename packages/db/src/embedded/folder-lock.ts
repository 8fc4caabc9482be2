import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { isAlive, readStartTime } from './process-identity.ts'

interface Owner {
  readonly pid: number
  readonly startTime: string | null
  /** Tells two owners in one process apart. */
  readonly nonce: string
}

/** A lock that a full disk cut short: nobody's. */
const UNREADABLE: Owner = { pid: 0, startTime: null, nonce: 'unreadable' }
const ATTEMPTS = 50
const RETRY_MS = 5

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
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await tryLink(draft, lockFile)) return
    const owner = await readOwner(lockFile)
    if (owner !== null && (await lives(owner))) {
      throw new EmbeddedPostgresError(
        `Another Maildock (process ${owner.pid}) already uses ${folder}: stop it first, or give this one another DATA_DIR.`,
      )
    }
    if (owner !== null && (await takeOver(lockFile, draft, owner))) return
    await delay(RETRY_MS)
  }
  throw new EmbeddedPostgresError(`The lock ${lockFile} keeps changing hands: several Maildocks start at once.`)
}

/**
 * Replaces a stale lock. Who may is settled by a second link, named after the stale lock: one process holds it, and looks again
 * whether the lock is still the stale one, so that a slower one cannot replace the lock of the quicker.
 */
async function takeOver(lockFile: string, draft: string, stale: Owner): Promise<boolean> {
  const claim = `${lockFile}.claim-${stale.nonce}`
  if (!(await tryLink(draft, claim))) {
    const claimant = await readOwner(claim)
    if (claimant !== null && !(await lives(claimant))) await rm(claim, { force: true })
    return false
  }
  try {
    if ((await readOwner(lockFile))?.nonce !== stale.nonce) return false
    await rename(draft, lockFile)
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

/** A link appears whole or not at all, and fails when the name is taken. */
async function tryLink(draft: string, name: string): Promise<boolean> {
  try {
    await link(draft, name)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function lives(owner: Owner): Promise<boolean> {
  if (owner === UNREADABLE) return false
  if (owner.pid === process.pid) return ownedHere.has(owner.nonce)
  return isAlive(owner.pid) && (owner.startTime === null || owner.startTime === (await readStartTime(owner.pid)))
}

/** Tells whether the process that wrote this lock file still runs. */
export async function isLockHeld(lockFile: string): Promise<boolean> {
  const owner = await readOwner(lockFile)
  return owner !== null && (await lives(owner))
}

/** Null when there is no such file. */
async function readOwner(lockFile: string): Promise<Owner | null> {
  try {
    const value: unknown = JSON.parse(await readFile(lockFile, 'utf8'))
    return isOwner(value) ? value : UNREADABLE
  } catch (error) {
    if (error instanceof SyntaxError) return UNREADABLE
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('nonce' in value)) return false
  return typeof value.pid === 'number' && typeof value.nonce === 'string' && /^[\w-]{1,64}$/u.test(value.nonce)
}
