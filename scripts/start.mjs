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

// Young objects of mail die young: in small spaces as well, at no cost in time, and 80 MB less of each process that synchronises. Children inherit it.
const args = ['--max-semi-space-size=4', join(root, 'apps/maildock/src/main.ts'), 'up', '--demo', ...process.argv.slice(2)]
const child = spawn('node', args, { cwd: root, env: toolEnv(), stdio: 'inherit' })
// The child stops in order, and this process waits for it. Whoever asks only this process to stop is passed on; a terminal's Ctrl-C
// reaches the child twice then, which takes both for one.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('error', reportAndExit)
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))
