import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A data folder for a server of its own. Others may pass through it, as PostgreSQL does when the tests run as root. By its name the
 * next test run finds and clears it away if this one is killed.
 */
export async function makeServerFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'maildock-test-postgres-'))
  await chmod(folder, 0o711)
  return folder
}
