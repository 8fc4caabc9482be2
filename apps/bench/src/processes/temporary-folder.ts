import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that is removed with the stack. Others may pass through it: PostgreSQL runs as another user than root. */
export async function createTemporaryFolder(resources: AsyncDisposableStack, purpose: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `maildock-bench-${purpose}-`))
  resources.defer(async () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))
  await chmod(path, 0o711)
  return path
}
