import { readdir, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { planClusterPaths } from './cluster.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { isLockHeld } from './folder-lock.ts'
import { clearLeftover } from './server-process.ts'

/**
 * Deletes a data folder that nobody uses, after stopping the server a killed owner may have left in it. For throw-away folders of
 * tests and demonstrations. A folder that is gone already is no error.
 * @returns false, with nothing done, when a living process owns the folder
 * @throws EmbeddedPostgresError when there is anything in it that is not the embedded server's
 */
export async function discardEmbeddedPostgres(dataDir: string): Promise<boolean> {
  const paths = planClusterPaths(resolve(dataDir))
  if (await isLockHeld(paths.lockFile)) return false
  const foreign = (await listNames(paths.dataDir)).find((name) => name !== 'postgres' && !name.startsWith('postgres.'))
  if (foreign !== undefined) throw new EmbeddedPostgresError(`${paths.dataDir} is not deleted: it holds ${foreign}, too.`)
  await clearLeftover(paths)
  await rm(paths.dataDir, { recursive: true, force: true })
  return true
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
