import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import type { BenchmarkContext } from '../benchmark.ts'
import { listIdleUsers } from '../mail-servers/idle-users.ts'
import { connectBody, startMailServers, type MailServers } from '../mail-servers/start-mail-servers.ts'
import { poll } from '../processes/poll.ts'
import { runConcurrently } from '../processes/run-concurrently.ts'
import type { RunningProcess } from '../processes/running-process.ts'
import { createApiUser } from './api-user.ts'
import { openBenchClient, startBenchDatabase } from './bench-database.ts'
import { SESSION_SECRET } from './session-token.ts'
import { startMaildock } from './start-maildock.ts'
import { startServe } from './start-serve.ts'

export interface ConnectedAccount {
  readonly id: string
  readonly userId: string
  readonly username: string
}

export interface WorkOptions {
  /** Processes of one command; one of them watches and synchronises by itself, more are its children. */
  readonly processes: number
  readonly cores?: string
}

/** Mail servers, PostgreSQL and the API, for benchmarks of many accounts: workers are started by whoever measures them. */
export interface AccountStage {
  readonly servers: MailServers
  readonly connectionString: string
  readonly client: Client
  /** No other user of any mail server has it: processes of others on this machine are not taken for ours. */
  readonly domain: string
  /** Connects mailboxes by API, each for a user of its own. */
  connect(names: readonly string[]): Promise<readonly ConnectedAccount[]>
  startWork(options: WorkOptions): RunningProcess
  /** Waits until exactly so many worker processes beat. @returns their ids */
  untilWorking(processes: number): Promise<readonly string[]>
  /** Waits until so many accounts have been synchronised, which have so many messages together. */
  untilSynced(count: number, messages?: number): Promise<void>
  /** Waits until Dovecot has a connection in IDLE for each of so many users. @returns the milliseconds it took */
  untilIdle(count: number): Promise<number>
  /** Accounts a pass over all mailboxes began of since then, or which their watch proved to need none. */
  countCheckedSince(since: Date): Promise<number>
}

const CONNECTS_AT_ONCE = 16
const DEADLINE_MS = { least: 120_000, perAccount: 1_000, perMessage: 10 } as const
const WATCH_LIMIT = 20_000

/** Starts everything but workers. Stopped with the stack. */
export async function openAccountStage({ resources, say }: BenchmarkContext): Promise<AccountStage> {
  say('starting PostgreSQL, Dovecot, Postfix and the API')
  const database = await startBenchDatabase(resources)
  const client = await openBenchClient(resources, database)
  const servers = await startMailServers(resources)
  const env = { ...database.env, ...servers.env, SESSION_JWT_SECRET: SESSION_SECRET, LOG_LEVEL: 'warn' }
  const { url } = await startServe(resources, { env: { ...env, LOG_LEVEL: 'info' } })
  const domain = `${randomBytes(6).toString('hex')}.example.com`
  return {
    servers,
    connectionString: database.connectionString,
    client,
    domain,
    connect: async (names) => {
      const connected: ConnectedAccount[] = []
      await runConcurrently(names, CONNECTS_AT_ONCE, async (name) => {
        const username = `${name}@${domain}`
        const body = connectBody(servers, username)
        const user = createApiUser(url)
        const { account } = await user.call<{ account: { id: string } }>('POST', '/api/accounts', body)
        connected.push({ id: account.id, userId: user.userId, username })
      })
      return connected
    },
    startWork: ({ processes, cores }) => {
      const settings = { WORK_PROCESSES: String(processes), WATCH_LIMIT: String(WATCH_LIMIT) }
      return resources.use(startMaildock({ args: ['work'], env: { ...env, ...settings }, cores }))
    },
    untilWorking: async (processes) => {
      const options = { everyMs: 50, deadlineMs: DEADLINE_MS.least, what: `${processes} workers` }
      return poll(
        async () => listWorkers(client),
        (ids) => ids.length === processes,
        options,
      )
    },
    untilSynced: async (count, messages = 0) => {
      const options = { everyMs: 200, deadlineMs: deadlineOf(count) + DEADLINE_MS.perMessage * messages, what: 'all accounts synced' }
      await poll(
        async () => countSynced(client),
        (synced) => synced >= count,
        options,
      )
    },
    untilIdle: async (count) => {
      const startedAt = performance.now()
      const options = { everyMs: 100, timesTheLook: 10, deadlineMs: deadlineOf(count), what: 'all accounts in IDLE' }
      await poll(
        async () => listIdleUsers(domain).size,
        (idle) => idle >= count,
        options,
      )
      return performance.now() - startedAt
    },
    countCheckedSince: async (since) => countCheckedSince(client, since),
  }
}

function deadlineOf(accounts: number): number {
  return DEADLINE_MS.least + DEADLINE_MS.perAccount * accounts
}

async function listWorkers(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>('select id from worker order by started_at')
  return rows.map(({ id }) => id)
}

async function countSynced(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>("select count(*)::int as count from account where sync_status = 'synced'")
  return rows[0]?.count ?? 0
}

async function countCheckedSince(client: Client, since: Date): Promise<number> {
  const query = 'select count(*)::int as count from account where last_sync_started_at >= $1::timestamptz'
  const { rows } = await client.query<{ count: number }>(query, [since])
  return rows[0]?.count ?? 0
}

/** Names of users, numbered from `first`. */
export function listNames(count: number, first = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `user${first + index}`)
}
