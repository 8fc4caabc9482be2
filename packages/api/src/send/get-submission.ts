import { MaildockError, type Submission } from '@maildock/core'
import { findSubmission } from '@maildock/outbox'
import type { ApiRuntime } from '../api-runtime.ts'
import { parseMessageRef } from './message-ref.ts'
import type { Submitter } from './submitter.ts'

/**
 * A submission of the user, by the name it was answered with. A key of one account sees what that account sent.
 * @throws MaildockError send.not_found
 */
export async function getSubmission({ database }: ApiRuntime, by: Submitter, messageRef: string): Promise<Submission> {
  const id = parseMessageRef(messageRef)
  const submission = id === null ? null : await findSubmission(database.pool, by.userId, id)
  if (submission === null || (by.allowedAccountId !== null && by.allowedAccountId !== submission.accountId)) {
    throw new MaildockError('send.not_found')
  }
  return submission
}
