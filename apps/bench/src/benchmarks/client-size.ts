import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import type { Benchmark } from '../benchmark.ts'
import { finding } from '../finding.ts'
import { inheritedEnv } from '../maildock/start-maildock.ts'
import { runToEnd } from '../processes/running-process.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const CLIENT = join(ROOT, 'packages/client')
const ENTRY = join(CLIENT, 'dist/index.js')

/** What the published client costs: to install, and in a page. */
export const clientSize: Benchmark = {
  name: 'client',
  summary: 'size of the packed client, and of a bundle with it (minified, gzip)',
  run: async ({ resources }) => {
    const path = `${join(ROOT, 'node_modules/.bin')}:${inheritedEnv()['PATH'] ?? ''}`
    const env = { ...inheritedEnv(), PATH: path, TURBO_TELEMETRY_DISABLED: '1' }
    const folder = await createTemporaryFolder(resources, 'client')
    await runToEnd({ command: join(ROOT, 'node_modules/.bin/turbo'), args: ['run', 'build', '--filter=@maildock/client'], env, cwd: ROOT })
    await runToEnd({ command: 'npm', args: ['pack', '--ignore-scripts', '--pack-destination', folder], env, cwd: CLIENT })
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
    if (tarball === undefined) throw new Error('npm pack made no tarball.')
    const { size } = await stat(join(folder, tarball))
    const client = await bundle(folder, `export { createMaildockClient } from ${JSON.stringify(ENTRY)}`)
    const everything = await bundle(folder, `export * from ${JSON.stringify(ENTRY)}`)
    return [
      finding('packed tarball', 'KB', [size / 1024]),
      finding('bundle: createMaildockClient with its dependencies', 'KB', [client / 1024], { note: 'minified, gzip -9' }),
      finding('bundle: everything, schemas and zod included', 'KB', [everything / 1024]),
    ]
  },
}

/** Octets of a page's bundle, minified and compressed. */
async function bundle(folder: string, source: string): Promise<number> {
  const input = join(folder, 'entry.js')
  await writeFile(input, source)
  await using build = await rolldown({ input, platform: 'browser', logLevel: 'silent' })
  const { output } = await build.generate({ format: 'es', minify: true })
  const code = output.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('')
  return gzipSync(code, { level: 9 }).length
}
