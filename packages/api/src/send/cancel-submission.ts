import { MaildockError, type Submission } from '@maildock/core'
import { cancelSubmission as cancelWaiting } from '@maildock/outbox'
import type { ApiRuntime } from '../api-runtime.ts'
import { getSubmission } from './get-submission.ts'
import type { Submitter } from './submitter.ts'

/**
 * Takes a submission back that waits for its time or for another attempt. Cancelled already: nothing happens.
 * @throws MaildockError send.not_found; send.not_cancellable when it is being sent, or it is over
 */
export async function cancelSubmission(runtime: ApiRuntime, by: Submitter, messageRef: string): Promise<Submission> {
  const submission = await getSubmission(runtime, by, messageRef)
  if (submission.status !== 'cancelled' && !(await cancelWaiting(runtime.database.pool, submission))) {
    throw new MaildockError('send.not_cancellable')
  }
  return getSubmission(runtime, by, messageRef)
}
