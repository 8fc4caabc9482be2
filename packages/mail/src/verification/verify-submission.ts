import { Deadline } from '../deadline.ts'
import { openSubmissionConnection } from '../submission/submission-connection.ts'
import type { AttemptInput, AttemptOptions } from './attempt.ts'

/**
 * Proves that a submission server accepts these credentials: a positive reply to AUTH, and one to RSET. No MAIL FROM: nothing is sent.
 *
 * @throws MailFault, or the reason of the signal.
 */
export async function verifySubmission(input: AttemptInput, { egress, signal, deadlineMs }: AttemptOptions): Promise<void> {
  using deadline = new Deadline(deadlineMs, signal)
  await using connection = await openSubmissionConnection(input, { egress, signal, deadlineMs })
  const abort = (): void => connection.destroy()
  deadline.signal.addEventListener('abort', abort, { once: true })
  try {
    await connection.reset()
  } catch (error) {
    signal.throwIfAborted()
    throw connection.translateError(error, deadline.expired)
  } finally {
    deadline.signal.removeEventListener('abort', abort)
  }
}
