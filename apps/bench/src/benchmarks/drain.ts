import type { Client } from 'pg'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { listNames, openAccountStage, type AccountStage, type ConnectedAccount } from '../maildock/account-stage.ts'
import { fillOutbox } from '../maildock/fill-outbox.ts'
import { poll } from '../processes/poll.ts'
import { alternate } from '../statistics/alternate.ts'
import { pairwiseRatios } from '../statistics/statistics.ts'

const SIZES = { all: { accounts: 40, messages: 10_000, rounds: 2 }, quick: { accounts: 4, messages: 100, rounds: 1 } } as const
const DEADLINE_MS = 1_200_000
/** A message is about 1 KB with its header. */
const TEXT = `${'Thank you for your order. '.repeat(20)}\n`

/** Messages that wait, of many accounts, sent by one worker process and by two; then their copies in Sent. No row. */
export const drain: Benchmark = {
  name: 'drain',
  summary: 'queued messages of 1 KB, sent by one worker process and by two, and their copies filed',
  run: async (context) => {
    const size = SIZES[context.quick ? 'quick' : 'all']
    const stage = await openAccountStage(context)
    const accounts = await stage.connect(listNames(context.accounts ?? size.accounts))
    await untilSyncedOnce(stage, accounts.length)
    const work: Work = { context, stage, accounts, messages: context.messages ?? size.messages }
    const filedPerSecond: Record<SideName, number[]> = { one: [], two: [] }
    const side = (name: SideName) => async (): Promise<number> => {
      const { sentSeconds, filedSeconds } = await drainAll(work, PROCESSES[name])
      context.say(`${name}: sent ${(work.messages / sentSeconds).toFixed(0)}/s, filed ${(work.messages / filedSeconds).toFixed(0)}/s`)
      filedPerSecond[name].push(work.messages / filedSeconds)
      return work.messages / sentSeconds
    }
    const sentPerSecond = await alternate({ one: side('one'), two: side('two') }, context.rounds ?? size.rounds)
    return describe(work, sentPerSecond, filedPerSecond)
  },
}

const PROCESSES = { one: 1, two: 2 } as const
type SideName = keyof typeof PROCESSES

interface Work {
  readonly context: BenchmarkContext
  readonly stage: AccountStage
  readonly accounts: readonly ConnectedAccount[]
  /** Of all accounts together. */
  readonly messages: number
}

interface Drained {
  /** From the moment all were due until all were taken. */
  readonly sentSeconds: number
  /** Until all copies were in Sent, too. */
  readonly filedSeconds: number
}

async function untilSyncedOnce(stage: AccountStage, accounts: number): Promise<void> {
  const worker = stage.startWork({ processes: 1 })
  await stage.untilSynced(accounts)
  await worker.stop('SIGTERM')
}

/** All messages accepted first, and the workers there: what is measured is nothing but sending. */
async function drainAll({ context, stage, accounts, messages }: Work, processes: number): Promise<Drained> {
  const { client, connectionString } = stage
  context.say(`accepting ${messages} messages`)
  await fillOutbox(connectionString, { accounts, messages: Math.ceil(messages / accounts.length), text: TEXT })
  const worker = stage.startWork({ processes })
  await stage.untilWorking(processes)
  const startedAt = performance.now()
  await client.query(`update submission set next_attempt_at = clock_timestamp() where status = 'accepted'`)
  const until = async (condition: string): Promise<number> => {
    const options = { everyMs: 100, timesTheLook: 50, deadlineMs: DEADLINE_MS, what: `no message with ${condition}` }
    await poll(
      async () => countSubmissions(client, condition),
      (count) => count === 0,
      options,
    )
    return (performance.now() - startedAt) / 1000
  }
  const sentSeconds = await until(`status in ('accepted', 'sending', 'deferred')`)
  const filedSeconds = await until(`sent_copy_due_at is not null`)
  const [failed, unfiled] = [
    await countSubmissions(client, `status <> 'sent'`),
    await countSubmissions(client, `sent_copy not in ('filed', 'found')`),
  ]
  if (failed + unfiled > 0) throw new Error(`${failed} messages were not sent, and ${unfiled} not filed.`)
  await worker.stop('SIGTERM')
  await client.query('truncate submission cascade')
  return { sentSeconds, filedSeconds }
}

async function countSubmissions(client: Client, condition: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from submission where ${condition}`)
  return rows[0]?.count ?? 0
}

function describe(
  { accounts, messages }: Work,
  sent: Readonly<Record<SideName, readonly number[]>>,
  filed: Readonly<Record<SideName, readonly number[]>>,
): readonly Finding[] {
  return [
    finding(`one process: ${messages} messages of ${accounts.length} accounts, taken by the mail server`, '/s', sent.one),
    finding('two processes: the same', '/s', sent.two),
    finding('two processes : one', '×', pairwiseRatios(sent.two, sent.one), {
      note: 'Postfix, Dovecot and PostgreSQL use the same cores',
    }),
    finding('one process: copies in Sent, too', '/s', filed.one),
    finding('two processes: copies in Sent, too', '/s', filed.two),
  ]
}
