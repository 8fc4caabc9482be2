// npm start: from a fresh clone to the dashboard. Arguments after `--` go to `maildock up`.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, reportAndExit, requireNode, root, toolEnv } from './bootstrap.mjs'

requireNode()
console.log('Maildock')
try {
  await ensureInstalled()
  await ensureBuilt()
} catch (error) {
  reportAndExit(error)
}

const args = [join(root, 'apps/maildock/src/main.ts'), 'up', '--demo', ...process.argv.slice(2)]
const child = spawn('node', args, { cwd: root, env: toolEnv(), stdio: 'inherit' })
// A terminal sends Ctrl-C to both; the child stops in order, and this process only waits for it.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', reportAndExit)
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))
