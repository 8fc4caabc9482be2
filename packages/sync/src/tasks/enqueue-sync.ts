import { syncJobKey, type JobPayload } from '@maildock/core'
import { enqueueJob, type SqlExecutor } from '@maildock/db'
import { JOB_PRIORITY } from './job-priority.ts'

/** A job that is to follow. */
export interface NextJob {
  readonly payload: JobPayload<'sync_account'>
  readonly runAt?: Date
}

/** Adds a slice of an account's synchronisation to the queue; one that waits already takes the new time. */
export async function enqueueSync(executor: SqlExecutor, { payload, runAt }: NextJob): Promise<void> {
  await enqueueJob(
    executor,
    { name: 'sync_account', payload },
    {
      jobKey: syncJobKey(payload.accountId),
      priority: JOB_PRIORITY[payload.reason],
      ...(runAt === undefined ? {} : { runAt }),
    },
  )
}
