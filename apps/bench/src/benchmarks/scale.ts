import type { Client } from 'pg'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { fillMailbox } from '../mail-servers/fill-mailbox.ts'
import { listNames, openAccountStage, type AccountStage } from '../maildock/account-stage.ts'
import { forgetAccounts } from '../maildock/bench-database.ts'
import { countStored } from '../maildock/sync-probes.ts'
import { poll } from '../processes/poll.ts'
import { readProcessTree } from '../processes/process-tree.ts'
import { spentBetween } from '../processes/processor-time.ts'
import { alternate } from '../statistics/alternate.ts'
import { pairwiseRatios } from '../statistics/statistics.ts'

const SIZES = { all: { accounts: 60, messages: 100, rounds: 2 }, quick: { accounts: 6, messages: 20, rounds: 1 } } as const
const DEADLINE_MS = 900_000

/** Row 18: many accounts synchronised for the first time by one worker process on one core, and by two on two. */
export const scale: Benchmark = {
  name: 'scale',
  summary: 'many first synchronisations: one worker process on one core beside two on two cores',
  run: async (context) => {
    const size = SIZES[context.quick ? 'quick' : 'all']
    const names = listNames(context.accounts ?? size.accounts)
    const messages = context.messages ?? size.messages
    const stage = await openAccountStage(context)
    context.say(`filling ${names.length} mailboxes with ${messages} messages each`)
    for (const [index, name] of names.entries()) {
      const corpus = { name: context.corpus ?? 'mixed', count: messages, seed: 1 + index }
      await fillMailbox(stage.servers.dovecot, `${name}@${stage.domain}`, corpus)
    }
    const work: Work = { context, stage, names, messages: messages * names.length }
    const costs: Record<SideName, Cost[]> = { one: [], two: [] }
    const side = (name: SideName) => async (): Promise<number> => {
      const cost = await syncAll(work, CORES[name])
      context.say(`${name}: ${(work.messages / cost.seconds).toFixed(0)} messages/s`)
      costs[name].push(cost)
      return work.messages / cost.seconds
    }
    // Once before it counts: Dovecot writes its indexes.
    await syncAll(work, CORES.two)
    const perSecond = await alternate({ one: side('one'), two: side('two') }, context.rounds ?? size.rounds)
    return describe(work, perSecond, costs)
  },
}

/** One worker process for each, bound to it. */
const CORES = { one: ['0'], two: ['0', '1'] } as const
type SideName = keyof typeof CORES

interface Work {
  readonly context: BenchmarkContext
  readonly stage: AccountStage
  readonly names: readonly string[]
  /** Of all accounts together. */
  readonly messages: number
}

interface Cost {
  readonly seconds: number
  /** Processor seconds by role. */
  readonly spent: ReadonlyMap<string, number>
}

/** All accounts connected first, their jobs held back until the workers are there: what is measured is nothing but work. */
async function syncAll({ stage, names, messages }: Work, cores: readonly string[]): Promise<Cost> {
  const { client } = stage
  await forgetAccounts(client)
  await stage.connect(names)
  await runJobsAt(client, "clock_timestamp() + interval '1 hour'")
  const workers = cores.map((core) => stage.startWork({ processes: 1, cores: core }))
  await stage.untilWorking(workers.length)
  const before = await readProcessTree(process.pid)
  await runJobsAt(client, 'clock_timestamp()')
  const patience = { everyMs: 5, deadlineMs: DEADLINE_MS, what: 'the first job' }
  await poll(async () => hasBegun(client), Boolean, patience)
  const startedAt = performance.now()
  await stage.untilSynced(names.length)
  const seconds = (performance.now() - startedAt) / 1000
  const after = await readProcessTree(process.pid)
  const stored = await countStored(client)
  if (stored !== messages) throw new Error(`${stored} of ${messages} messages were stored.`)
  await Promise.all(workers.map(async (worker) => worker.stop('SIGTERM')))
  return { seconds, spent: spentBetween(before, after) }
}

async function runJobsAt(client: Client, moment: string): Promise<void> {
  await client.query(`select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs), run_at => ${moment})`)
}

async function hasBegun(client: Client): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from sync_lease limit 1')
  return rowCount === 1
}

function describe(
  { names, messages }: Work,
  perSecond: Readonly<Record<SideName, readonly number[]>>,
  costs: Readonly<Record<SideName, readonly Cost[]>>,
): readonly Finding[] {
  const spentBy = (name: SideName, role: string): readonly number[] =>
    costs[name].map(({ spent }) => ((spent.get(role) ?? 0) / messages) * 1_000_000)
  const roles = ['work', 'postgres', 'dovecot'] as const
  const busy = (name: SideName): readonly number[] =>
    costs[name].map(({ spent, seconds }) => roles.reduce((sum, role) => sum + (spent.get(role) ?? 0), 0) / seconds)
  return [
    finding('two worker processes on two cores : one on one core', '×', pairwiseRatios(perSecond.two, perSecond.one), {
      target: 'secondProcess',
      note: 'Dovecot and PostgreSQL use the same two cores: with one worker they have the second one to themselves',
    }),
    finding(`one process: ${names.length} accounts, ${messages} messages`, '/s', perSecond.one),
    finding(`two processes: ${names.length} accounts, ${messages} messages`, '/s', perSecond.two),
    finding('one process: cores in use', '×', busy('one'), {
      note: 'workers, PostgreSQL and Dovecot; the benchmark itself is not counted',
    }),
    finding('two processes: cores in use', '×', busy('two')),
    finding(
      'the same work by processor time of the workers, one : two',
      '×',
      pairwiseRatios(spentBy('one', 'work'), spentBy('two', 'work')),
      {
        note: 'near 1: a second process makes no message dearer',
      },
    ),
    ...roles.map((role) => finding(`one process: processor time of 1 000 messages, ${role}`, 'ms', spentBy('one', role))),
    ...roles.map((role) => finding(`two processes: processor time of 1 000 messages, ${role}`, 'ms', spentBy('two', role))),
  ]
}
