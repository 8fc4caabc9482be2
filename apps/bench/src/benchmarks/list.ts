import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import type { Benchmark, BenchmarkContext } from '../benchmark.ts'
import { finding, type Finding } from '../finding.ts'
import { signUpApiUser } from '../maildock/api-user.ts'
import { startBenchDatabase, type BenchDatabase } from '../maildock/bench-database.ts'
import { SESSION_SECRET, signSessionToken } from '../maildock/session-token.ts'
import { inheritedEnv } from '../maildock/start-maildock.ts'
import { startServe, type RunningServe } from '../maildock/start-serve.ts'
import { runHttpLoad, type HttpLoad, type HttpLoadResult } from '../processes/http-load.ts'
import { spentBetween } from '../processes/processor-time.ts'
import { readProcessTree } from '../processes/process-tree.ts'
import { startProcess } from '../processes/running-process.ts'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'
import { describeProfile } from '../report/describe-profile.ts'
import { alternate } from '../statistics/alternate.ts'
import { pairwiseRatios } from '../statistics/statistics.ts'

const CONNECTIONS = 64
const SECONDS = 6
const WARM_UP_SECONDS = 3
const ROUNDS = 5
const USERS = 2_000
const RIVAL = fileURLToPath(new URL('../rivals/express-pg-server.ts', import.meta.url))

/** Row 15: the most called route of all, in both session modes, beside a bare Express route over pg. */
export const list: Benchmark = {
  name: 'list',
  summary: `GET /api/accounts, ${CONNECTIONS} connections, 5 accounts of a user among 10 000`,
  run: async (context) => {
    const { resources, say } = context
    say('starting PostgreSQL and the three servers')
    const database = await startBenchDatabase(resources)
    const embedded = await startServe(resources, { env: database.env })
    const external = await startServe(resources, { env: { ...database.env, SESSION_JWT_SECRET: SESSION_SECRET } })
    const user = await signUpApiUser(embedded.url, originOf(embedded))
    await seedAccounts(database, user.userId)
    const bareUrl = await startRival(resources, database, user.userId)
    const loads: Record<SideName, HttpLoad> = {
      bare: toLoad(bareUrl, {}),
      embedded: toLoad(embedded.url, user.headers),
      external: toLoad(external.url, { authorization: `Bearer ${signSessionToken(user.userId)}` }),
    }
    const findings = await measure(context, loads)
    if (context.profile) await profile(context, database, loads.embedded)
    return findings
  },
}

/** Whose processor time a request costs; the two servers that are not asked spend next to none. */
const SERVER_ROLES = ['serve', 'express-pg', 'postgres'] as const

type SideName = 'bare' | 'embedded' | 'external'

async function measure({ rounds, say }: BenchmarkContext, loads: Record<SideName, HttpLoad>): Promise<readonly Finding[]> {
  for (const load of Object.values(loads)) await runHttpLoad({ ...load, seconds: WARM_UP_SECONDS })
  const results: Record<SideName, HttpLoadResult[]> = { bare: [], embedded: [], external: [] }
  const costs: Record<SideName, number[]> = { bare: [], embedded: [], external: [] }
  const side = (name: SideName) => async (): Promise<number> => {
    const before = await readProcessTree(process.pid)
    const result = await runHttpLoad(loads[name])
    const spent = spentBetween(before, await readProcessTree(process.pid))
    const seconds = SERVER_ROLES.reduce((sum, role) => sum + (spent.get(role) ?? 0), 0)
    costs[name].push((seconds / (result.requestsPerSecond * SECONDS)) * 1_000_000)
    results[name].push(result)
    say(`${name}: ${Math.round(result.requestsPerSecond)}/s`)
    return result.requestsPerSecond
  }
  const perSecond = await alternate({ bare: side('bare'), embedded: side('embedded'), external: side('external') }, rounds ?? ROUNDS)
  const latency = (name: SideName, label: string): Finding[] => [
    finding(
      `${label}, p50`,
      'ms',
      results[name].map(({ p50Ms }) => p50Ms),
    ),
    finding(
      `${label}, p99`,
      'ms',
      results[name].map(({ p99Ms }) => p99Ms),
    ),
  ]
  return [
    finding('list, embedded sessions : Express + pg', '×', pairwiseRatios(perSecond.embedded, perSecond.bare), {
      target: 'listToBareRoute',
      note: 'reads the session row as well, so that a sign-out acts at once',
    }),
    finding('list, shared-secret JWT : Express + pg', '×', pairwiseRatios(perSecond.external, perSecond.bare), {
      target: 'listToBareRoute',
    }),
    finding('the same by processor time, embedded sessions', '×', pairwiseRatios(costs.bare, costs.embedded), {
      note: 'server and PostgreSQL together; what others do on the machine changes it least',
    }),
    finding('the same by processor time, shared-secret JWT', '×', pairwiseRatios(costs.bare, costs.external)),
    finding('processor time of 1 000 requests, embedded sessions', 'ms', costs.embedded),
    finding('processor time of 1 000 requests, shared-secret JWT', 'ms', costs.external),
    finding('processor time of 1 000 requests, Express + pg', 'ms', costs.bare),
    finding('list, embedded sessions', '/s', perSecond.embedded),
    finding('list, shared-secret JWT', '/s', perSecond.external),
    finding('Express + pg, bare', '/s', perSecond.bare),
    ...latency('embedded', 'list, embedded sessions'),
    ...latency('external', 'list, shared-secret JWT'),
    ...latency('bare', 'Express + pg, bare'),
  ]
}

/** Measured apart, because a profiler costs time itself. */
async function profile({ resources, say }: BenchmarkContext, { env }: BenchDatabase, load: HttpLoad): Promise<void> {
  const profileDir = await createTemporaryFolder(resources, 'profile')
  const serving = await startServe(resources, { env, profileDir })
  await runHttpLoad({ ...load, url: `${serving.url}/api/accounts` })
  await serving.process.stop('SIGTERM')
  say(await describeProfile(profileDir))
}

function toLoad(baseUrl: string, headers: Readonly<Record<string, string>>): HttpLoad {
  return { url: `${baseUrl}/api/accounts`, headers, connections: CONNECTIONS, seconds: SECONDS }
}

function originOf({ url }: RunningServe): string {
  return url.replace('127.0.0.1', 'localhost')
}

async function startRival(resources: AsyncDisposableStack, { connectionString }: BenchDatabase, userId: string): Promise<string> {
  const env = { ...inheritedEnv(), DATABASE_URL: connectionString, BENCH_USER: userId }
  const rival = resources.use(startProcess({ command: process.execPath, args: [RIVAL], env, cwd: import.meta.dirname }))
  const [, port] = await rival.waitFor(/listening on (\d+)/u)
  return `http://127.0.0.1:${port}`
}

/** Five accounts each for the measured user and 1 999 others. */
async function seedAccounts({ connectionString }: BenchDatabase, userId: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    const users = [userId, ...Array.from({ length: USERS - 1 }, () => randomUUID())]
    await client.query(
      `insert into account (id, user_id, email, email_key, name, imap_host, imap_port, imap_tls, imap_username,
         smtp_host, smtp_port, smtp_tls, smtp_username, is_default, sync_status, last_synced_at, created_at, updated_at)
       select gen_random_uuid(), user_id::uuid, address, address, 'Person ' || number, 'imap.example.com', 993, 'implicit', address,
         'smtp.example.com', 587, 'starttls', address, slot = 1, 'synced', now(), now() - slot * interval '1 day', now()
       from unnest($1::text[]) with ordinality as person(user_id, number), generate_series(1, 5) as slot,
         lateral (select 'box' || slot || '.' || number || '@example.com' as address) as named`,
      [users],
    )
    await client.query('analyze account')
  } finally {
    await client.end()
  }
}
