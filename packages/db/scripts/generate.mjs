import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

// Generates the Prisma client into src/generated. The CLI insists on a schema engine and would download one, although it never
// runs it here; any existing file satisfies it (docs/adr/0002), so it is told that Node itself is the engine.
const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js')
const schema = fileURLToPath(new URL('../../../prisma/schema.prisma', import.meta.url))

const { status, error, stdout, stderr } = spawnSync(process.execPath, [prisma, 'generate', '--schema', schema, '--no-hints'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
  encoding: 'utf8',
})
if (error !== undefined) throw error
if (status !== 0) process.stderr.write(`${stdout}${stderr}`)
process.exitCode = status ?? 1
