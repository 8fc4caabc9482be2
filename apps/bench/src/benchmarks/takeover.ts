import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding } from '../finding.ts'
import { deliverByLmtp } from '../mail-servers/deliver-by-lmtp.ts'
import { listNames, openAccountStage, type AccountStage, type ConnectedAccount } from '../maildock/account-stage.ts'
import { poll } from '../processes/poll.ts'
import { runConcurrently } from '../processes/run-concurrently.ts'
import type { RunningProcess } from '../processes/running-process.ts'
import { median } from '../statistics/statistics.ts'

const SIZES = { all: { accounts: 100, rounds: 2 }, quick: { accounts: 10, rounds: 1 } } as const
const DEADLINE_MS = 300_000
const DELIVERIES_AT_ONCE = 16
const LOOK_MS = 50
/** Of the accounts of a worker that watches its share, at least. */
const EVEN_SHARE = 0.4

/** Row 19: two workers, one is killed or stopped; until new mail of the accounts it watched is stored by the other. */
export const takeover: Benchmark = {
  name: 'takeover',
  summary: 'one of two workers ends: its accounts are watched, and their new mail stored, by the other',
  run: async (context) => {
    const size = SIZES[context.quick ? 'quick' : 'all']
    const accounts = context.accounts ?? size.accounts
    const stage = await openAccountStage(context)
    let staying = stage.startWork({ processes: 1 })
    await stage.untilWorking(1)
    const connected = await stage.connect(listNames(accounts))
    await stage.untilSynced(accounts)
    const killed: Takeover[] = []
    const stopped: Takeover[] = []
    for (let round = 0; round < (context.rounds ?? size.rounds); round += 1) {
      for (const [signal, results] of [
        ['SIGKILL', killed],
        ['SIGTERM', stopped],
      ] as const) {
        const [leavingId = ''] = await stage.untilWorking(1)
        const leaving = staying
        staying = stage.startWork({ processes: 1 })
        await untilShared(stage, leavingId, accounts)
        results.push(await measureTakeover({ context, stage, connected, leaving, leavingId, signal }))
      }
    }
    return [...describe('killed', killed, 'takeover'), ...describe('stopped', stopped, undefined)]
  },
}

interface Takeover {
  /** Seconds from the signal until the new message of each account was stored. */
  readonly seconds: readonly number[]
}

interface TakeoverInput {
  readonly context: BenchmarkContext
  readonly stage: AccountStage
  readonly connected: readonly ConnectedAccount[]
  readonly leaving: RunningProcess
  readonly leavingId: string
  readonly signal: 'SIGKILL' | 'SIGTERM'
}

/** Waits until both workers watch about as many accounts, and every account is watched. */
async function untilShared(stage: AccountStage, leavingId: string, accounts: number): Promise<void> {
  await stage.untilWorking(2)
  await poll(
    async () => {
      const { rows } = await stage.client.query<{ mine: number; others: number }>(
        `select count(*) filter (where worker_id = $1)::int as mine, count(*) filter (where worker_id <> $1)::int as others from watch`,
        [leavingId],
      )
      return rows[0] ?? { mine: 0, others: 0 }
    },
    ({ mine, others }) => mine + others === accounts && Math.min(mine, others) >= EVEN_SHARE * accounts,
    { everyMs: 100, deadlineMs: DEADLINE_MS, what: 'two workers that share the accounts evenly' },
  )
  await stage.untilIdle(accounts)
}

async function measureTakeover({ context, stage, connected, leaving, leavingId, signal }: TakeoverInput): Promise<Takeover> {
  const { client, servers } = stage
  const { rows } = await client.query<{ id: string }>('select account_id as id from watch where worker_id = $1', [leavingId])
  const orphans = connected.filter(({ id }) => rows.some((row) => row.id === id))
  const startedAt = performance.now()
  const ending = leaving.stop(signal)
  const headers = new Map(orphans.map(({ id }) => [id, `<${randomUUID()}@bench.example>`]))
  await runConcurrently(orphans, DELIVERIES_AT_ONCE, async ({ id, username }) =>
    deliverByLmtp(servers.dovecot.lmtpSocket, { username, messageIdHeader: headers.get(id) ?? '' }),
  )
  const seconds = await collectArrivals(client, [...headers.values()], startedAt)
  await ending
  // A killed worker is struck off when it has been silent long enough: the next round begins with one.
  await stage.untilWorking(1)
  context.say(`${signal}: ${orphans.length} accounts, the last after ${Math.max(...seconds).toFixed(1)} s`)
  return { seconds }
}

/** Seconds until each message was seen, in no order. */
async function collectArrivals(client: Client, headers: readonly string[], startedAt: number): Promise<readonly number[]> {
  const seconds: number[] = []
  const count = async (): Promise<number> => {
    const { rows } = await client.query<{ stored: number }>(
      'select count(distinct message_id_header)::int as stored from message where message_id_header = any($1)',
      [headers],
    )
    const elapsed = (performance.now() - startedAt) / 1000
    const stored = rows[0]?.stored ?? 0
    while (seconds.length < stored) seconds.push(elapsed)
    return stored
  }
  await poll(count, (stored) => stored >= headers.length, { everyMs: LOOK_MS, deadlineMs: DEADLINE_MS, what: 'new mail of all accounts' })
  return seconds
}

function describe(how: string, takeovers: readonly Takeover[], target: 'takeover' | undefined) {
  const accounts = takeovers.map(({ seconds }) => seconds.length).join(', ')
  return [
    finding(
      `a worker is ${how} → new mail of its last account stored`,
      's',
      takeovers.map(({ seconds }) => Math.max(...seconds)),
      { target, note: `it watched ${accounts} accounts` },
    ),
    finding(
      `a worker is ${how} → new mail of half of its accounts stored`,
      's',
      takeovers.map(({ seconds }) => median(seconds)),
    ),
  ]
}
