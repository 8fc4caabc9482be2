import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

const help = async (directory: string): Promise<string> => {
  const { stdout } = await run('node', [MAIN, '--help'], { env: { ...process.env, NODE_COMPILE_CACHE: directory } })
  return stdout
}

it('keeps what modules were compiled to', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'maildock-cache-'))
  expect(await help(directory)).toContain('maildock')
  expect(await readdir(directory, { recursive: true })).not.toEqual([])
})

it('works where nothing can be kept', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'maildock-cache-'))
  await chmod(directory, 0o500)
  expect(await help('/dev/null/nothing')).toContain('maildock')
  expect(await help(directory)).toContain('maildock')
})
