import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const PLACES = 16
const FUNCTIONS = 20

/** Where the time of a profiled process went, by package and by function, idle time left out. */
export async function describeProfile(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  const profiles = await Promise.all(files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile))
  const byPlace = new Map<string, number>()
  const byFunction = new Map<string, number>()
  for (const { nodes, samples, timeDeltas } of profiles) {
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
    for (const [index, id] of samples.entries()) {
      const frame = frames.get(id)
      if (frame === undefined || frame.functionName === '(idle)') continue
      const spent = timeDeltas[index] ?? 0
      add(byPlace, placeOf(frame), spent)
      add(byFunction, `${frame.functionName === '' ? '(anonymous)' : frame.functionName}  ${placeOf(frame)}`, spent)
    }
  }
  return [
    'profile: self time by package, idle left out',
    ...rank(byPlace, PLACES),
    'profile: self time by function',
    ...rank(byFunction, FUNCTIONS),
  ].join('\n')
}

/** The package a function belongs to, ours by file. */
function placeOf({ url, functionName }: ProfileNode['callFrame']): string {
  const library = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(url)?.[1]
  const own = /\/((?:packages|apps)\/.+)$/u.exec(url)?.[1]
  if (library !== undefined) return library
  if (own !== undefined) return own
  return url === ''
    ? functionName.startsWith('(')
      ? functionName
      : '(native)'
    : url.split('/')[0] === 'node:internal'
      ? 'node:internal'
      : url
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount)
}

function rank(sums: ReadonlyMap<string, number>, count: number): readonly string[] {
  const total = [...sums.values()].reduce((sum, value) => sum + value, 0)
  const ranked = [...sums].toSorted(([, left], [, right]) => right - left).slice(0, count)
  return ranked.map(([name, spent]) => `  ${((100 * spent) / total).toFixed(1).padStart(5)} %  ${name}`)
}
