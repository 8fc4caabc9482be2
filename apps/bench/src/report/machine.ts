import { execFile } from 'node:child_process'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { promisify } from 'node:util'

/** On what and of what it was measured: without this no figure means anything. */
export interface Machine {
  readonly measuredAt: string
  readonly commit: string
  readonly uncommittedChanges: boolean
  readonly cores: number
  readonly processor: string
  readonly memoryGigabytes: number
  /** Of the last minute, when the measuring began. Above zero others worked here, too. */
  readonly loadAtStart: number
  readonly system: string
  readonly node: string
  readonly dovecot: string | null
  readonly postfix: string | null
  readonly isync: string | null
}

const run = promisify(execFile)

/** Describes this machine and this checkout. What is not installed is null. */
export async function describeMachine(): Promise<Machine> {
  const [commit, changes, dovecot, postfix, isync] = await Promise.all([
    firstLine('git', ['rev-parse', '--short', 'HEAD']),
    firstLine('git', ['status', '--porcelain', '--untracked-files=no', '--', 'apps/maildock', 'packages', 'prisma']),
    firstLine('dovecot', ['--version']),
    firstLine('postconf', ['-dh', 'mail_version']),
    firstLine('mbsync', ['--version']),
  ])
  const [processor] = cpus()
  return {
    measuredAt: new Date().toISOString(),
    commit: commit ?? 'unknown',
    uncommittedChanges: changes !== null && changes !== '',
    cores: cpus().length,
    processor: processor?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    loadAtStart: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    system: `Linux ${release()}`,
    node: process.version,
    dovecot,
    postfix,
    isync,
  }
}

/** Null when the program is not there or refuses. */
async function firstLine(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run(command, args, { cwd: import.meta.dirname, timeout: 10_000 })
    return stdout.split('\n')[0]?.trim() ?? ''
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

/** Tells whether isync's mbsync can be run here. */
export async function hasIsync(): Promise<boolean> {
  return (await firstLine('mbsync', ['--version'])) !== null
}
