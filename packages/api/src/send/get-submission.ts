import { MaildockError, type Submission } from '@maildock/core'
import { findSubmission } from '@maildock/outbox'
import type { ApiRuntime } from '../api-runtime.ts'
import type { AuthenticatedKey } from '../keys/authenticate-key.ts'
import { parseMessageRef } from './message-ref.ts'

/**
 * A submission of the key's owner, by the name it was answered with. A key of one account sees what that account sent.
 * @throws MaildockError send.not_found
 */
export async function getSubmission({ database }: ApiRuntime, apiKey: AuthenticatedKey, messageRef: string): Promise<Submission> {
  const id = parseMessageRef(messageRef)
  const submission = id === null ? null : await findSubmission(database.pool, apiKey.userId, id)
  if (submission === null || (apiKey.allowedAccountId !== null && apiKey.allowedAccountId !== submission.accountId)) {
    throw new MaildockError('send.not_found')
  }
  return submission
}
