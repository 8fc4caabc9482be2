import type { Database } from '@maildock/db'
import { z } from 'zod'

type Pool = Database['pool']

/** Silent for this long, a worker is taken for dead (packages/sync). */
const SILENT_MS = 30_000
const count = z.coerce.number()

async function readRow<T>(pool: Pool, schema: z.ZodType<T>, sql: string, values: readonly unknown[] = []): Promise<T> {
  const { rows } = await pool.query(sql, [...values])
  return schema.parse(rows[0])
}

export async function readServerVersion(pool: Pool): Promise<{ text: string; major: number }> {
  const { text } = await readRow(pool, z.object({ text: z.string() }), `SELECT current_setting('server_version') AS text`)
  return { text, major: Number.parseInt(text, 10) }
}

export async function readMigrations(pool: Pool): Promise<{ applied: number; unfinished: string[] }> {
  const { present } = await readRow(
    pool,
    z.object({ present: z.boolean() }),
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`,
  )
  if (!present) return { applied: 0, unfinished: [] }
  return await readRow(
    pool,
    z.object({ applied: count, unfinished: z.array(z.string()) }),
    `SELECT count(*) FILTER (WHERE finished_at IS NOT NULL) AS applied,
            coalesce(array_agg(migration_name) FILTER (WHERE finished_at IS NULL AND rolled_back_at IS NULL), '{}') AS unfinished
     FROM _prisma_migrations`,
  )
}

export async function countWorkers(pool: Pool): Promise<{ alive: number; silent: number }> {
  return await readRow(
    pool,
    z.object({ alive: count, silent: count }),
    `SELECT count(*) FILTER (WHERE heartbeat_at >= now() - $1 * interval '1 millisecond') AS alive,
            count(*) FILTER (WHERE heartbeat_at < now() - $1 * interval '1 millisecond') AS silent
     FROM worker`,
    [SILENT_MS],
  )
}

export async function countWaitingJobs(pool: Pool): Promise<{ waiting: number; overdue: number; failed: number }> {
  return await readRow(
    pool,
    z.object({ waiting: count, overdue: count, failed: count }),
    `SELECT count(*) FILTER (WHERE attempts < max_attempts) AS waiting,
            count(*) FILTER (WHERE attempts < max_attempts AND locked_at IS NULL AND run_at < now() - interval '1 minute') AS overdue,
            count(*) FILTER (WHERE attempts >= max_attempts AND locked_at IS NULL) AS failed
     FROM graphile_worker.jobs`,
  )
}

export async function countAccounts(pool: Pool): Promise<{ status: string; count: number }[]> {
  const { rows } = await pool.query(
    `SELECT CASE WHEN disconnected_at IS NULL THEN sync_status ELSE 'disconnected' END AS status, count(*) AS count FROM account GROUP BY 1 ORDER BY 1`,
  )
  return z.array(z.object({ status: z.string(), count })).parse(rows)
}
