// npm test: everything, on a fresh clone. `npm test -- unit wire` runs the named stages only.
import { spawnSync } from 'node:child_process'
import { ensureBuilt, ensureInstalled, reportAndExit, requireNode, step, StepFailed } from './bootstrap.mjs'
import { ensureTestServers } from './ensure-test-servers.mjs'

const vitest = (project) => () => step(`${project} tests`, 'vitest', ['run', '--project', project], { quiet: false })

const stages = {
  lint: async () => {
    await step('Lint', 'oxlint', ['--type-aware', '--deny-warnings'])
    await step('Format', 'oxfmt', ['--check'])
  },
  types: () => step('Types', 'turbo', ['run', 'types', '--output-logs=errors-only', '--log-order=grouped']),
  unit: vitest('unit'),
  wire: vitest('wire'),
  integration: vitest('integration'),
  contract: vitest('contract'),
  browser: vitest('browser'),
}

requireNode()
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !Object.hasOwn(stages, name))
if (unknown.length > 0) {
  console.error(`No such stage: ${unknown.join(', ')}. There are: ${Object.keys(stages).join(', ')}.`)
  process.exit(2)
}

const results = []
const startedAt = Date.now()
try {
  await ensureInstalled()
  await ensureTestServers()
  await ensureBuilt()
} catch (error) {
  reportAndExit(error)
}
for (const [name, run] of Object.entries(stages)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  try {
    await run()
    results.push([name, true])
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    if (error.output !== '') console.error(error.output.split('\n').slice(-80).join('\n'))
    results.push([name, false])
  }
}
const failed = results.filter(([, passed]) => !passed).map(([name]) => name)
const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1)
const revision = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim()
console.log(`\n${results.map(([name, passed]) => `${passed ? '✓' : '✗'} ${name}`).join('  ')}  (${minutes} min, ${revision})`)
console.log(`stages: ${results.length - failed.length} passed, ${failed.length} failed`)
process.exit(failed.length === 0 ? 0 : 1)
