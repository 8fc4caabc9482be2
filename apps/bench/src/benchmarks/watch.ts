import { availableParallelism } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { listNames, openAccountStage, type AccountStage } from '../maildock/account-stage.ts'
import { readProcessTree, sumMegabytes } from '../processes/process-tree.ts'
import { spentBetween } from '../processes/processor-time.ts'
import type { RunningProcess } from '../processes/running-process.ts'
import type { TargetName } from '../targets.ts'

const SIZES = { all: [100, 1_000, 2_000], quick: [20] } as const
/** After this a process that has just signed in many accounts has collected what that left behind. */
const SETTLE_MS = { all: 15_000, quick: 2_000 } as const
/**
 * A watch checks its account when it begins, and again 216 to 270 s after each check (packages/sync, plan-check-time.ts). So after a restart nobody checks
 * for a while, and a window as long as the mean pause, which begins half a minute or more after the last account is back and ends before the third round
 * of checks, holds one check of each account: as many as such a window holds on average after hours of running. All that as long as the accounts are back
 * within two minutes; else fewer were checked than there are, which the finding tells.
 */
const WINDOW_MS = { all: { atRest: 30_000, withChecks: 243_000 }, quick: { atRest: 3_000, withChecks: 3_000 } } as const

/** Rows 8 to 10: what watched accounts cost while nothing happens, and how soon they are watched again after a restart. */
export const watch: Benchmark = {
  name: 'watch',
  summary: 'accounts whose INBOX waits in IDLE: memory, processor time, time to be back after a restart',
  run: async (context) => {
    const stage = await openAccountStage(context)
    const processes = availableParallelism()
    const settleMs = SETTLE_MS[context.quick ? 'quick' : 'all']
    let running = stage.startWork({ processes })
    await stage.untilWorking(processes)
    await delay(settleMs)
    const empty = await readMemory(running)
    const findings: Finding[] = [finding(`no account: ${processes} worker processes and their parent`, 'MB', [empty])]
    const sizes = context.accounts === null ? SIZES[context.quick ? 'quick' : 'all'] : [context.accounts]
    let connected = 0
    for (const accounts of sizes) {
      context.say(`connecting accounts up to ${accounts}`)
      await stage.connect(listNames(accounts - connected, connected))
      connected = accounts
      await stage.untilSynced(accounts)
      await stage.untilIdle(accounts)
      await running.stop('SIGTERM')
      running = stage.startWork({ processes })
      const backAfterMs = await stage.untilIdle(accounts)
      context.say(`${accounts} accounts back in IDLE after ${(backAfterMs / 1000).toFixed(1)} s; waiting`)
      await delay(settleMs)
      const costs = await measureCosts(context, stage, running)
      findings.push(...describe(accounts, { ...costs, empty, backAfterMs }))
    }
    return findings
  },
}

interface Costs {
  readonly megabytes: number
  /** Percent of one core, by role: while no account is checked, and with the checks of all. */
  readonly atRest: ReadonlyMap<string, number>
  readonly withChecks: ReadonlyMap<string, number>
  /** Accounts that were checked in the second of the two. */
  readonly checked: number
  /** Worker processes and connections of the mail server, for comparison. */
  readonly dovecotMegabytes: number
}

async function measureCosts({ quick }: BenchmarkContext, stage: AccountStage, running: RunningProcess): Promise<Costs> {
  const windows = WINDOW_MS[quick ? 'quick' : 'all']
  const atRest = await measureProcessor(windows.atRest)
  const startedAt = new Date()
  const withChecks = await measureProcessor(windows.withChecks)
  const checked = await stage.countCheckedSince(startedAt)
  const everything = await readProcessTree(process.pid)
  const dovecot = everything.filter(({ command }) => command.startsWith('dovecot/'))
  return { megabytes: await readMemory(running), atRest, withChecks, checked, dovecotMegabytes: sumMegabytes(dovecot) }
}

async function readMemory(running: RunningProcess): Promise<number> {
  return sumMegabytes(await readProcessTree(running.pid))
}

async function measureProcessor(windowMs: number): Promise<ReadonlyMap<string, number>> {
  const before = await readProcessTree(process.pid)
  const startedAt = performance.now()
  await delay(windowMs)
  const after = await readProcessTree(process.pid)
  const seconds = (performance.now() - startedAt) / 1000
  return new Map([...spentBetween(before, after)].map(([role, spent]) => [role, (100 * spent) / seconds]))
}

interface Measured extends Costs {
  readonly empty: number
  readonly backAfterMs: number
}

function describe(accounts: number, measured: Measured): readonly Finding[] {
  const { megabytes, empty, atRest, withChecks, checked, dovecotMegabytes, backAfterMs } = measured
  const size = `${accounts} accounts`
  return [
    finding(`${size}: all worker processes`, 'MB', [megabytes], {
      ...targetOf(accounts, { 1_000: 'watchMemory', 5_000: 'watchMemoryOf5000' }),
      note: 'shared pages counted once (Pss); V8 gives memory back when it needs it, not before',
    }),
    finding(`${size}: memory an account adds`, 'KB', [((megabytes - empty) * 1024) / accounts]),
    finding(`${size}: processor of the workers, with checks`, '%', [withChecks.get('work') ?? 0], {
      ...targetOf(accounts, { 1_000: 'watchProcessor' }),
      note: `of one core, all processes together; ${checked} accounts were checked in that time`,
    }),
    finding(`${size}: processor of the workers, between checks`, '%', [atRest.get('work') ?? 0]),
    finding(`${size}: processor of PostgreSQL, with checks`, '%', [withChecks.get('postgres') ?? 0]),
    finding(`${size}: processor of Dovecot, with checks`, '%', [withChecks.get('dovecot') ?? 0]),
    finding(`${size}: Dovecot's connections`, 'MB', [dovecotMegabytes]),
    finding(`${size}: start of the workers → all in IDLE`, 's', [backAfterMs / 1000], targetOf(accounts, { 1_000: 'backInIdle' })),
  ]
}

/** The rows speak of certain numbers of accounts; others have no verdict. */
function targetOf(accounts: number, targets: Readonly<Record<number, TargetName>>): { readonly target?: TargetName } {
  const target = targets[accounts]
  return target === undefined ? {} : { target }
}
