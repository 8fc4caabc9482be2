import { readdir, readFile } from 'node:fs/promises'

/** One process as Linux tells it. Memory in MB (2^20), processor time in seconds. */
export interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly command: string
  readonly residentMegabytes: number
  /** The most it ever held. */
  readonly peakMegabytes: number
  /** Shared pages counted by share; null where the kernel does not tell. */
  readonly proportionalMegabytes: number | null
  readonly cpuSeconds: number
}

const TICKS_PER_SECOND = 100

/** A process and all its descendants, as they are now. Those that end meanwhile are left out. */
export async function readProcessTree(root: number): Promise<readonly ProcessFacts[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number)
  const all = (await Promise.all(pids.map(readParent))).filter((found) => found !== null)
  const wanted = new Set([root])
  for (let grown = true; grown;) {
    const next = all.filter(({ pid, parent }) => wanted.has(parent) && !wanted.has(pid))
    for (const { pid } of next) wanted.add(pid)
    grown = next.length > 0
  }
  const facts = await Promise.all(all.filter(({ pid }) => wanted.has(pid)).map(async ({ pid, parent }) => readFacts(pid, parent)))
  return facts.filter((found) => found !== null)
}

/** What processes hold together, pages they share counted once where the kernel tells. */
export function sumMegabytes(processes: readonly ProcessFacts[]): number {
  return processes.reduce((sum, facts) => sum + (facts.proportionalMegabytes ?? facts.residentMegabytes), 0)
}

async function readParent(pid: number): Promise<{ pid: number; parent: number } | null> {
  const stat = await readIfThere(`/proc/${pid}/stat`)
  return stat === null ? null : { pid, parent: Number(fieldsOf(stat)[1]) }
}

async function readFacts(pid: number, parent: number): Promise<ProcessFacts | null> {
  const [stat, status, rollup, command] = await Promise.all(
    ['stat', 'status', 'smaps_rollup', 'cmdline'].map(async (file) => readIfThere(`/proc/${pid}/${file}`)),
  )
  if (typeof stat !== 'string' || typeof status !== 'string') return null
  const fields = fieldsOf(stat)
  return {
    pid,
    parent,
    command: (command ?? '').replaceAll('\0', ' ').trim(),
    residentMegabytes: readKilobytes(status, 'VmRSS') / 1024,
    peakMegabytes: readKilobytes(status, 'VmHWM') / 1024,
    proportionalMegabytes: typeof rollup === 'string' ? readKilobytes(rollup, 'Pss') / 1024 : null,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
  }
}

/** The fields behind the name, which may hold anything, parentheses included: from the state (field 3 of proc(5)). */
function fieldsOf(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function readKilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'mu').exec(text)?.[1] ?? 0)
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code))
    if (gone) return null
    throw error
  }
}
