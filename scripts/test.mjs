// npm test: everything, on a fresh clone. `npm test -- unit wire` runs the named stages only.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, reportAndExit, requireNode, root, step, StepFailed } from './bootstrap.mjs'
import { ensureTestServers } from './ensure-test-servers.mjs'

const reportFile = (project) => join(root, 'test-output', `${project}.json`)
const vitest = (project) => () => {
  rmSync(reportFile(project), { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile(project)}`]
  return step(`${project} tests`, 'vitest', ['run', '--project', project, ...reporters], { quiet: false })
}

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
for (const name of failed) printFailures(name)
const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1)
const revision = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).stdout.trim()
console.log(`\n${results.map(([name, passed]) => `${passed ? '✓' : '✗'} ${name}`).join('  ')}  (${minutes} min, ${revision})`)
console.log(`stages: ${results.length - failed.length} passed, ${failed.length} failed`)
process.exit(failed.length === 0 ? 0 : 1)

/** Says once more at the end, after all the stages, which tests of a stage failed and how: it is the end that people and logs keep. */
function printFailures(stage) {
  if (!existsSync(reportFile(stage))) return
  for (const file of JSON.parse(readFileSync(reportFile(stage), 'utf8')).testResults) {
    if (file.status !== 'failed') continue
    console.log(`\n✗ ${stage}: ${file.name.replace(root, '')}`)
    if (file.message) console.log(firstLines(file.message))
    for (const test of file.assertionResults.filter(({ status }) => status === 'failed')) {
      console.log(`  ✗ ${test.fullName}\n${test.failureMessages.map(firstLines).join('\n')}`)
    }
  }
}

function firstLines(text) {
  return text
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${line.slice(0, 400)}`)
    .join('\n')
}
