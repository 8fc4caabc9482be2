import { writeFile } from 'node:fs/promises'
import type { Benchmark } from './benchmark.ts'
import { connect } from './benchmarks/connect.ts'
import { firstSync } from './benchmarks/first-sync.ts'
import { clientSize } from './benchmarks/client-size.ts'
import { memory } from './benchmarks/memory.ts'
import { start } from './benchmarks/start.ts'
import { list } from './benchmarks/list.ts'
import { watch } from './benchmarks/watch.ts'
import { latency } from './benchmarks/latency.ts'
import { takeover } from './benchmarks/takeover.ts'
import { scale } from './benchmarks/scale.ts'
import { send } from './benchmarks/send.ts'
import { drain } from './benchmarks/drain.ts'
import { incremental } from './benchmarks/incremental.ts'
import { parseCommandLine, USAGE, UsageError, type CommandLine } from './command-line.ts'
import type { Finding } from './finding.ts'
import { describeMachine } from './report/machine.ts'
import { renderTable } from './report/print-table.ts'
import { toJsonReport } from './report/json-report.ts'

const BENCHMARKS: readonly Benchmark[] = [
  list,
  connect,
  send,
  drain,
  firstSync,
  memory,
  incremental,
  latency,
  watch,
  takeover,
  scale,
  start,
  clientSize,
]

/** What is open now: closed when somebody ends us, too. */
let resources = new AsyncDisposableStack()

async function run(commandLine: CommandLine): Promise<void> {
  const machine = await describeMachine()
  console.log(
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value ?? 'not installed'}`)
      .join('\n'),
  )
  const wanted = BENCHMARKS.filter(({ name }) => commandLine.names.length === 0 || commandLine.names.includes(name))
  const results: { name: string; findings: readonly Finding[] }[] = []
  for (const benchmark of wanted) {
    console.log(`\n${benchmark.name}: ${benchmark.summary}`)
    const findings = await runOne(benchmark, commandLine)
    console.log(renderTable(findings))
    results.push({ name: benchmark.name, findings })
    if (commandLine.json !== null) await writeFile(commandLine.json, toJsonReport(machine, results))
  }
}

async function runOne(benchmark: Benchmark, commandLine: CommandLine): Promise<readonly Finding[]> {
  resources = new AsyncDisposableStack()
  await using own = resources
  return await benchmark.run({ ...commandLine, resources: own, say: (line) => console.error(`  ${line}`) })
}

/** Set when we were told to stop: the benchmark then fails of it, and nobody may exit before everything is closed. */
const stopping: { done: Promise<void> | null } = { done: null }

async function stopEarly(): Promise<void> {
  console.error('Stopping…')
  await resources.disposeAsync()
  process.exit(130)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void (stopping.done ??= stopEarly()))
try {
  await run(
    parseCommandLine(
      process.argv.slice(2),
      BENCHMARKS.map(({ name }) => name),
    ),
  )
  process.exit()
} catch (error) {
  if (stopping.done !== null) await stopping.done
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error)
  process.exit(error instanceof UsageError ? 2 : 1)
}
