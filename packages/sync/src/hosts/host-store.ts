import { isErrorCode } from '@maildock/core'
import { inTransaction, type SqlExecutor } from '@maildock/db'
import type { Pool } from 'pg'
import { isGoodNews, isWell, nextHostState, UNKNOWN_HOST, type HostEvent, type HostState } from './host-state.ts'
import type { SharedHosts, SharedView } from './shared-hosts.ts'

/** Longer than opening a connection may take. */
const PROBE_MS = 30_000
/** What nobody has said anything about for so long is no account's host any more. */
const FORGET_AFTER_DAYS = 2
const ALIVE_MS = 20_000

const COLUMNS = `host, failures, failure_code, connection_limit, suspect_account_id,
  extract(epoch FROM clock_timestamp() - not_before) * 1000 AS not_before_ago,
  extract(epoch FROM clock_timestamp() - limited_at) * 1000 AS limited_ago,
  extract(epoch FROM clock_timestamp() - suspected_at) * 1000 AS suspected_ago`

interface HostRow {
  readonly host: string
  readonly failures: number
  readonly failure_code: string | null
  readonly connection_limit: number | null
  readonly suspect_account_id: string | null
  readonly not_before_ago: string | null
  readonly limited_ago: string | null
  readonly suspected_ago: string | null
}

/** What all processes know about mail hosts, in the database. Its clock counts; ages travel, so that the clocks of processes may differ. */
export function createSharedHosts(pool: Pool): SharedHosts {
  return {
    read: async (hosts) => readHosts(pool, hosts),
    record: async (host, event) => inTransaction(pool, async (client) => recordEvent(client, host, event)),
    claimProbe: async (host) => claimProbe(pool, host),
    releaseProbe: async (host) => {
      await pool.query('UPDATE mail_host SET probing_until = NULL WHERE host = $1::text', [host])
    },
  }
}

async function readHosts(executor: SqlExecutor, hosts: readonly string[]): Promise<SharedView> {
  const { rows: counted } = await executor.query(
    `SELECT count(*)::int AS processes FROM worker WHERE heartbeat_at >= clock_timestamp() - $1::int * interval '1 millisecond'`,
    [ALIVE_MS],
  )
  const { rows } = await executor.query(`SELECT ${COLUMNS} FROM mail_host WHERE host = ANY($1::text[])`, [[...hosts]])
  const [count] = counted as { processes: number }[]
  return {
    processes: Math.max(1, count?.processes ?? 1),
    states: new Map((rows as HostRow[]).map((row) => [row.host, readState(row)])),
  }
}

async function recordEvent(client: SqlExecutor, host: string, event: HostEvent): Promise<HostState> {
  if (!isGoodNews(event)) {
    await client.query('INSERT INTO mail_host (host) VALUES ($1::text) ON CONFLICT (host) DO NOTHING', [host])
  }
  const { rows } = await client.query(`SELECT ${COLUMNS} FROM mail_host WHERE host = $1::text FOR UPDATE`, [host])
  const [row] = rows as HostRow[]
  const now = Date.now()
  const next = nextHostState(row === undefined ? UNKNOWN_HOST : readState(row, now), event, { now, random: Math.random() })
  if (row === undefined) {
    return next
  }
  if (isWell(next) && isGoodNews(event)) {
    await client.query('DELETE FROM mail_host WHERE host = $1::text', [host])
  } else {
    await writeState(client, { host, state: next, now })
  }
  return next
}

interface KnownState {
  readonly host: string
  readonly state: HostState
  /** By the clock of its times. */
  readonly now: number
}

async function writeState(client: SqlExecutor, { host, state, now }: KnownState): Promise<void> {
  const { failures, failureCode, notBefore, limit, limitedAt, suspect, suspectedAt } = state
  const isLimited = limit !== Number.POSITIVE_INFINITY
  await client.query(
    `UPDATE mail_host SET failures = $2::int, failure_code = $3::text, connection_limit = $4::int, suspect_account_id = $5::uuid,
       not_before = clock_timestamp() + $6::float8 * interval '1 millisecond', limited_at = clock_timestamp() + $7::float8 * interval '1 millisecond',
       suspected_at = clock_timestamp() + $8::float8 * interval '1 millisecond', probing_until = NULL, updated_at = clock_timestamp()
     WHERE host = $1::text`,
    [
      host,
      failures,
      failureCode,
      isLimited ? limit : null,
      suspect,
      failures === 0 ? null : notBefore - now,
      isLimited ? limitedAt - now : null,
      suspect === null ? null : suspectedAt - now,
    ],
  )
}

async function claimProbe(executor: SqlExecutor, host: string): Promise<boolean> {
  const { rows } = await executor.query(
    `WITH claimed AS (
       UPDATE mail_host SET probing_until = clock_timestamp() + $2::int * interval '1 millisecond'
       WHERE host = $1::text AND coalesce(not_before <= clock_timestamp(), true) AND coalesce(probing_until < clock_timestamp(), true)
       RETURNING 1)
     SELECT EXISTS (SELECT FROM claimed) OR NOT EXISTS (SELECT FROM mail_host WHERE host = $1::text) AS mine`,
    [host, PROBE_MS],
  )
  const [row] = rows as { mine: boolean }[]
  return row?.mine === true
}

/** Deletes what is known about hosts that nobody has tried for days. */
export async function forgetHosts(executor: SqlExecutor): Promise<void> {
  await executor.query(`DELETE FROM mail_host WHERE updated_at < clock_timestamp() - $1::int * interval '1 day'`, [FORGET_AFTER_DAYS])
}

function readState(row: HostRow, now = Date.now()): HostState {
  const timeOf = (ago: string | null, otherwise: number): number => (ago === null ? otherwise : now - Number(ago))
  return {
    failures: row.failures,
    failureCode: isErrorCode(row.failure_code) ? row.failure_code : null,
    notBefore: timeOf(row.not_before_ago, 0),
    limit: row.connection_limit ?? Number.POSITIVE_INFINITY,
    limitedAt: timeOf(row.limited_ago, 0),
    suspect: row.suspect_account_id,
    suspectedAt: timeOf(row.suspected_ago, Number.NEGATIVE_INFINITY),
  }
}
