import type { SqlExecutor } from './sql-executor.ts'

/** Tells that a worker process is alive. Idempotent; the first beat also registers it. */
export async function beatWorker(executor: SqlExecutor, workerId: string): Promise<void> {
  await executor.query(
    `INSERT INTO worker (id, started_at, heartbeat_at) VALUES ($1::text, clock_timestamp(), clock_timestamp())
     ON CONFLICT (id) DO UPDATE SET heartbeat_at = clock_timestamp()`,
    [workerId],
  )
}

/** Workers that gave no sign for `silentForMs`, longest silent first, at most 1 000. */
export async function listDeadWorkers(executor: SqlExecutor, silentForMs: number): Promise<readonly string[]> {
  const { rows } = await executor.query(
    `SELECT id FROM worker WHERE heartbeat_at < clock_timestamp() - $1::int * interval '1 millisecond'
     ORDER BY heartbeat_at LIMIT 1000`,
    [silentForMs],
  )
  return (rows as { id: string }[]).map(({ id }) => id)
}

/**
 * Strikes workers off that stop, or that are dead and whose jobs were unlocked. With `silentForMs` only those still silent: one that
 * came back meanwhile stays.
 */
export async function forgetWorkers(executor: SqlExecutor, workerIds: readonly string[], silentForMs = 0): Promise<void> {
  await executor.query(
    `DELETE FROM worker WHERE id = ANY($1::text[]) AND heartbeat_at <= clock_timestamp() - $2::int * interval '1 millisecond'`,
    [[...workerIds], silentForMs],
  )
}
