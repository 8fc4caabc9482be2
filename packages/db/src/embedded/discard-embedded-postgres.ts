import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { planClusterPaths } from './cluster.ts'
import { isLockHeld } from './folder-lock.ts'
import { clearLeftover } from './server-process.ts'

/**
 * Deletes a data folder that nobody uses, after stopping the server a killed owner may have left in it. For throw-away folders of
 * tests and demonstrations.
 * @returns false, with nothing done, when a living process owns the folder.
 */
export async function discardEmbeddedPostgres(dataDir: string): Promise<boolean> {
  const paths = planClusterPaths(resolve(dataDir))
  if (await isLockHeld(paths.lockFile)) return false
  await clearLeftover(paths)
  await rm(paths.dataDir, { recursive: true, force: true })
  return true
}
