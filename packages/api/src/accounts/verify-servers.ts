import type { MailServer, Uuid } from '@maildock/core'
import type { MailServerLogin } from '@maildock/mail'
import type { ApiRuntime } from '../api-runtime.ts'
import { toVerificationError } from './verification-error.ts'

export interface VerificationRequest {
  readonly userId: Uuid
  readonly emailKey: string
  readonly imap: MailServerLogin
  readonly smtp: MailServerLogin
  /** Runs when it is this request's turn, before any server is dialled: what has become impossible meanwhile throws here. */
  readonly recheck: () => Promise<void>
}

export interface VerifiedServers {
  readonly imap: MailServer
  readonly smtp: MailServer
}

/** For waiting and both servers together: the answer is told within 15 s, also on a busy machine. */
const VERIFICATION_DEADLINE_MS = 14_500

/**
 * Logs in to both servers, within 15 s from the call, waiting for a slot included. Stores nothing. Ends early, sockets
 * closed and slot freed, when `signal` aborts.
 * @throws MaildockError verification.busy, rate.limited, or the code of the first server that failed
 */
export async function verifyServers(runtime: ApiRuntime, request: VerificationRequest, signal: AbortSignal): Promise<VerifiedServers> {
  const startedAt = performance.now()
  const { userId, emailKey, imap, smtp } = request
  const hosts = [...new Set([imap.host, smtp.host])]
  using held = new DisposableStack()
  held.use(await runtime.verificationSlots.take({ userId, address: emailKey, hosts }, signal))
  await request.recheck()
  await runtime.verificationAttempts.assertMayTry({ userId, imap, smtp })
  const verification = await runtime.verify(
    { imap, smtp },
    { egress: runtime.egress, signal, deadlineMs: VERIFICATION_DEADLINE_MS - Math.ceil(performance.now() - startedAt) },
  )
  // What a caller who has gone away broke off is no failure of the server, and nothing is stored for them.
  signal.throwIfAborted()
  if (!verification.ok) {
    await runtime.verificationAttempts.countFailures({ userId, imap, smtp }, verification.failures)
    throw toVerificationError(verification.failures)
  }
  return { imap: verification.imap, smtp: verification.smtp }
}
