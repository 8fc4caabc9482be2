import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findFreePorts } from '@maildock/testkit'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding } from '../finding.ts'
import { inheritedEnv } from '../maildock/start-maildock.ts'
import { untilAnswered } from '../maildock/start-serve.ts'
import { runToEnd, startProcess } from '../processes/running-process.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const DEADLINE_MS = 600_000

/** Row 20: from a fresh clone to the dashboard, once with empty package caches, once with those of this machine; then a second start. */
export const start: Benchmark = {
  name: 'start',
  summary: '`npm start` on a fresh clone of HEAD, until the dashboard answers',
  run: async (context) => {
    const { say } = context
    const warm = await startTwice(context, {})
    say(`warm caches: ${warm.first.toFixed(1)} s, again ${warm.second.toFixed(1)} s`)
    const cold = await startTwice(context, await emptyCaches(context.resources))
    say(`cold caches: ${cold.first.toFixed(1)} s, again ${cold.second.toFixed(1)} s`)
    return [
      finding('fresh clone, cold package caches', 's', [cold.first], { target: 'freshStart', note: 'downloads everything' }),
      finding('fresh clone, warm package caches', 's', [warm.first], { target: 'freshStart' }),
      finding('second start', 's', [warm.second, cold.second], { target: 'secondStart' }),
      finding('Ctrl-C to the end', 's', [...warm.stops, ...cold.stops]),
    ]
  },
}

interface Starts {
  readonly first: number
  readonly second: number
  readonly stops: readonly number[]
}

/** Clones this repository's last commit, starts it twice and stops it twice. */
async function startTwice({ resources, say }: BenchmarkContext, caches: Readonly<Record<string, string>>): Promise<Starts> {
  const folder = await createTemporaryFolder(resources, 'clone')
  const clone = join(folder, 'maildock')
  const env = { ...withoutOurTools(inheritedEnv()), ...registrySettings(), ...caches }
  await runToEnd({ command: 'git', args: ['clone', '--quiet', '--no-hardlinks', ROOT, clone], env, cwd: folder })
  const stops: number[] = []
  const startOnce = async (): Promise<number> => {
    const [port = 0] = await findFreePorts(1)
    const startedAt = performance.now()
    await using running = startProcess({
      command: 'npm',
      args: ['start'],
      env: { ...env, PORT: String(port) },
      cwd: clone,
      deadlineMs: DEADLINE_MS,
    })
    await running.waitFor(/Ctrl-C stops/u)
    await untilAnswered(`http://127.0.0.1:${port}/`)
    const seconds = (performance.now() - startedAt) / 1000
    say(running.output().match(/✓.*\)/gu)?.join('; ') ?? '')
    const stoppedAt = performance.now()
    await running.stop('SIGINT')
    stops.push((performance.now() - stoppedAt) / 1000)
    return seconds
  }
  return { first: await startOnce(), second: await startOnce(), stops }
}

/** Caches of npm and pnpm that hold nothing: their folders by every name the two look them up under. */
async function emptyCaches(resources: AsyncDisposableStack): Promise<Readonly<Record<string, string>>> {
  const folder = await createTemporaryFolder(resources, 'caches')
  return {
    npm_config_cache: join(folder, 'npm'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_STATE_HOME: join(folder, 'state'),
    PNPM_HOME: join(folder, 'pnpm'),
  }
}

/** A clone has its own tools, and its user has none of ours. */
function withoutOurTools(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const path = env['PATH']?.split(':').filter((entry) => !entry.startsWith(ROOT))
  return { ...env, ...(path === undefined ? {} : { PATH: path.join(':') }) }
}

/** Where packages come from on this machine, if it is told by the environment. */
function registrySettings(): Readonly<Record<string, string>> {
  const wanted = /^(?:npm_config_(?:registry|userconfig|globalconfig)|https?_proxy|no_proxy|node_extra_ca_certs)$/iu
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (wanted.test(name) && value !== undefined ? [[name, value]] : [])),
  )
}
