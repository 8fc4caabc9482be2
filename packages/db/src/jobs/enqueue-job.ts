import { JOBS, type JobName, type JobPayload } from '@maildock/core'
import type { SqlExecutor } from '../sql-executor.ts'

/** A job that is to be done. */
export interface NewJob<N extends JobName> {
  readonly name: N
  readonly payload: JobPayload<N>
}

export interface EnqueueJobOptions {
  /** At most one job with a key waits: adding it again changes the one that waits; one that runs already is followed by a new one. */
  readonly jobKey?: string
  /** Whether a waiting job of the same key moves to the new time (`replace`, the default) or keeps its own. */
  readonly jobKeyMode?: 'replace' | 'preserve_run_at'
  /** Jobs of one queue run one after another. Default: no queue. */
  readonly queueName?: string
  /** Default: now. */
  readonly runAt?: Date
  /** Lower runs first. Default 0. */
  readonly priority?: number
  /** Default 25, of the queue. */
  readonly maxAttempts?: number
}

const ATTEMPTS = 5

const ADD_JOB = `
  SELECT id::text AS id FROM graphile_worker.add_job(
    identifier => $1::text, payload => $2::json, queue_name => $3::text, run_at => $4::timestamptz, max_attempts => $5::int,
    job_key => $6::text, priority => $7::int, job_key_mode => $8::text)`

/**
 * Adds a job to the queue within the caller's transaction: it exists when that commits. The payload is checked against JOBS, so
 * that a job holds ids and nothing else.
 * @returns the id the queue gave it
 */
export async function enqueueJob<N extends JobName>(
  executor: SqlExecutor,
  { name, payload }: NewJob<N>,
  options: EnqueueJobOptions = {},
): Promise<string> {
  const params = [
    name,
    JSON.stringify(JOBS[name].strict().parse(payload)),
    options.queueName ?? null,
    options.runAt?.toISOString() ?? null,
    options.maxAttempts ?? null,
    options.jobKey ?? null,
    options.priority ?? null,
    options.jobKeyMode ?? 'replace',
  ]
  // When a worker takes the keyed job between the two statements inside add_job, nothing is added and null is answered
  // (graphile/worker#580). The next call finds it running and adds another.
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { rows } = await executor.query(ADD_JOB, params)
    const [row] = rows as { id: string | null }[]
    if (row?.id != null) return row.id
  }
  throw new Error(`The job ${name} could not be added in ${ATTEMPTS} attempts.`)
}
