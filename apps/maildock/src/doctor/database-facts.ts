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
