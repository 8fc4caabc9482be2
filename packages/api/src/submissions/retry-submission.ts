import { MaildockError, type Submission } from '@maildock/core'
import { retryByHand } from '@maildock/outbox'
import type { ApiRuntime } from '../api-runtime.ts'
import { getSubmission } from '../send/get-submission.ts'
import type { Submitter } from '../send/submitter.ts'

/**
 * Sends a message again because its owner wants so: one that waits for another attempt, one that failed, and one of which nobody can tell
 * whether it was taken. Those who got it for certain do not get it again. A worker makes the attempt, within a second or two.
 * @throws MaildockError send.not_found; send.not_retryable when it was never tried, is being sent, was sent or cancelled, or is not kept any more;
 *   send.sender_not_allowed when its account is disconnected
 */
export async function retrySubmission(runtime: ApiRuntime, by: Submitter, messageRef: string): Promise<Submission> {
  const submission = await getSubmission(runtime, by, messageRef)
  const outcome = await retryByHand(runtime.database.pool, submission)
  if (outcome === 'disconnected') {
    throw new MaildockError('send.sender_not_allowed')
  }
  if (outcome === 'not_retryable') {
    throw new MaildockError('send.not_retryable')
  }
  return getSubmission(runtime, by, messageRef)
}
