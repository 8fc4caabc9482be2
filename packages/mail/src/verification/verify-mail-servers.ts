import { type MailProtocol, type MailServer, planTlsModes, type VerificationCode, type VerificationFailure } from '@maildock/core'
import { Deadline } from '../deadline.ts'
import { parseDialHost } from '../egress/dial-host.ts'
import { MailFault, type MailFaultCode } from '../mail-fault.ts'
import type { Attempt, AttemptOptions } from './attempt.ts'
import type { MailServerLogin, MailServersVerification, VerifyMailServersInput, VerifyMailServersOptions } from './verification-types.ts'
import { verifyImap } from './verify-imap.ts'
import { verifySubmission } from './verify-submission.ts'

const DEFAULT_DEADLINE_MS = 15_000

const ATTEMPTS: Record<MailProtocol, Attempt> = { imap: verifyImap, smtp: verifySubmission }

type ServerVerification = { readonly ok: true; readonly server: MailServer } | { readonly ok: false; readonly failure: VerificationFailure }

/**
 * Asks both servers, at the same time, whether they accept the credentials. Ends within the deadline and leaves no socket behind. Stores
 * nothing, sends nothing, opens no mailbox.
 *
 * @throws the reason of the signal when the caller gives up; a failure of a server is a result, not an error.
 */
export async function verifyMailServers(
  input: VerifyMailServersInput,
  options: VerifyMailServersOptions,
): Promise<MailServersVerification> {
  using deadline = new Deadline(options.deadlineMs ?? DEFAULT_DEADLINE_MS, options.signal)
  const [imap, smtp] = await Promise.all([
    verifyServer('imap', input.imap, { ...options, deadline }),
    verifyServer('smtp', input.smtp, { ...options, deadline }),
  ])
  if (imap.ok && smtp.ok) return { ok: true, imap: imap.server, smtp: smtp.server }
  const [first, ...others] = [imap, smtp].flatMap((result) => (result.ok ? [] : [result.failure]))
  if (first === undefined) throw new Error('a verification that failed has a failure')
  return { ok: false, failures: [first, ...others] }
}

/** Tries the TLS modes the port stands for. The second only where the first found no TLS, and within the same deadline. */
async function verifyServer(
  protocol: MailProtocol,
  login: MailServerLogin,
  { egress, signal, deadline }: VerifyMailServersOptions & { readonly deadline: Deadline },
): Promise<ServerVerification> {
  const { username, password, port } = login
  const host = parseDialHost(login.host)?.hostname ?? login.host
  const modes = planTlsModes(port, login.tls)
  let failure: MailFault | null = null
  for (const [index, tls] of modes.entries()) {
    const server: MailServer = { protocol, host, port, tls }
    // A mode that hangs leaves half of the time for the other.
    const deadlineMs = deadline.remainingMs / (modes.length - index)
    const options: AttemptOptions = { egress, signal: signal ?? new AbortController().signal, deadlineMs }
    try {
      await ATTEMPTS[protocol]({ server, username, password }, options)
      return { ok: true, server }
    } catch (error) {
      if (!(error instanceof MailFault)) throw error
      failure = failure === null ? error : chooseFailure(failure, error)
      if (!mayBeOtherMode(error)) break
    }
  }
  if (failure === null) throw new Error('there is always a TLS mode to try')
  return { ok: false, failure: toVerificationFailure(failure, protocol) }
}

/** The server was reached and did not answer to TLS with TLS, or not at all. A bad certificate, for one, is TLS. */
function mayBeOtherMode(fault: MailFault): boolean {
  return fault.stage === 'tls' && fault.code !== 'tls.certificate_invalid'
}

/** Of two failures the one that tells more: of the second mode, unless it did not even get a greeting. */
function chooseFailure(first: MailFault, second: MailFault): MailFault {
  const silent =
    second.stage === 'dns' || second.stage === 'connect' || (second.stage === 'greeting' && second.code !== 'protocol.unexpected_greeting')
  return silent ? first : second
}

/** Codes that only synchronisation knows, in the words of a verification. */
function toVerificationCode(code: MailFaultCode): VerificationCode {
  if (code === 'sync.permission_denied') return 'imap.authentication_failed'
  return code === 'sync.server_error' || code === 'sync.uidvalidity_unstable' ? 'protocol.unexpected_greeting' : code
}

function toVerificationFailure(fault: MailFault, protocol: MailProtocol): VerificationFailure {
  return {
    code: toVerificationCode(fault.code),
    protocol,
    stage: fault.stage,
    hint: fault.hint,
    ...(fault.serverResponse === undefined ? {} : { serverResponse: fault.serverResponse }),
  }
}
