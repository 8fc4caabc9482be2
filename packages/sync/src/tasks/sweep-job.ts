import { JOB_PRIORITY } from './job-priority.ts'

/** Holds of an `account` for which a pass may be enqueued: it is connected and not held back by its failures, no job of it waits, and nobody is at it. */
export const MAY_BE_SWEPT = `disconnected_at IS NULL
  AND (sync_status <> 'error' OR next_attempt_at IS NOT NULL)
  AND (next_attempt_at IS NULL OR next_attempt_at <= clock_timestamp())
  AND NOT EXISTS (SELECT FROM graphile_worker.jobs WHERE jobs.key = 'sync:' || account.id)
  AND NOT EXISTS (SELECT FROM sync_lease WHERE sync_lease.account_id = account.id AND sync_lease.expires_at > clock_timestamp())`

/** Enqueues a pass for the account of a row of `due`. */
export const ADD_SWEEP_JOB = `graphile_worker.add_job('sync_account', json_build_object('accountId', due.id, 'reason', 'sweep'),
  job_key => 'sync:' || due.id, job_key_mode => 'preserve_run_at', priority => ${JOB_PRIORITY.sweep})`
