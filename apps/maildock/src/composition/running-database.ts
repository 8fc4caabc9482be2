import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where `up` tells other commands of the same data folder how to reach its embedded database. Mode 0600, gone when it stops. */
const FILE = 'database-url'

/** Writes the file; disposing removes it. */
export async function announceDatabase(dataDir: string, connectionString: string): Promise<AsyncDisposable> {
  const file = join(dataDir, FILE)
  await rm(file, { force: true })
  await writeFile(file, connectionString, { mode: 0o600 })
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) }
}

/** The embedded database of a data folder while `up` runs it; null when none is announced. */
export async function findRunningDatabase(dataDir: string): Promise<string | null> {
  try {
    return await readFile(join(dataDir, FILE), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
