import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface CallFrame {
  readonly functionName: string
  readonly url: string
}

/** A .cpuprofile as V8 writes it. Times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const PROFILES = 3
const PLACES = 14
const FUNCTIONS = 16

/** Where the time of profiled processes went: the busiest threads, by package and by function, idle time left out. */
export async function describeProfile(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'))
  const profiles = await Promise.all(
    files.map(async (name) => summarizeProfile(JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile)),
  )
  return profiles
    .toSorted((left, right) => right.busySeconds - left.busySeconds)
    .slice(0, PROFILES)
    .map(({ busySeconds, byPlace, byFunction }) =>
      [
        `thread busy for ${busySeconds.toFixed(2)} s; self time by package:`,
        ...rank(byPlace, PLACES),
        'self time by function:',
        ...rank(byFunction, FUNCTIONS),
      ].join('\n'),
    )
    .join('\n')
}

export interface ProfileSummary {
  readonly busySeconds: number
  /** Microseconds. */
  readonly byPlace: ReadonlyMap<string, number>
  readonly byFunction: ReadonlyMap<string, number>
}

/** Sums the self times of one profile. A sample counts for the time until the next one. */
export function summarizeProfile({ nodes, samples, timeDeltas }: CpuProfile): ProfileSummary {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const byPlace = new Map<string, number>()
  const byFunction = new Map<string, number>()
  let busy = 0
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id)
    if (frame === undefined || frame.functionName === '(idle)') continue
    const spent = timeDeltas[index + 1] ?? 0
    const place = placeOf(frame)
    busy += spent
    add(byPlace, place, spent)
    add(byFunction, `${frame.functionName === '' ? '(anonymous)' : frame.functionName}  ${place}`, spent)
  }
  return { busySeconds: busy / 1_000_000, byPlace, byFunction }
}

/** The package a function belongs to; ours by file. */
function placeOf({ url, functionName }: CallFrame): string {
  const library = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(url)?.[1]
  const own = /\/((?:packages|apps)\/.+)$/u.exec(url)?.[1]
  if (library !== undefined) return library
  if (own !== undefined) return own
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)'
  return url.startsWith('node:internal/') ? 'node:internal' : url
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount)
}

function rank(sums: ReadonlyMap<string, number>, count: number): readonly string[] {
  const total = [...sums.values()].reduce((sum, value) => sum + value, 0)
  const ranked = [...sums].toSorted(([, left], [, right]) => right - left).slice(0, count)
  return ranked.map(([name, spent]) => `  ${((100 * spent) / total).toFixed(1).padStart(5)} %  ${name}`)
}
