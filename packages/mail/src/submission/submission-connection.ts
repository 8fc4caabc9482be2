import type { TLSSocket } from 'node:tls'
import type { MailServer } from '@maildock/core'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { Deadline } from '../deadline.ts'
import type { Journey } from '../egress/dial.ts'
import type { EgressPolicy } from '../egress/egress-policy.ts'
import type { MailFault } from '../mail-fault.ts'
import { listSecretForms } from '../scrub-secrets.ts'
import type { FaultContext } from '../translate-link-error.ts'
import { introduceAs, openSubmissionSocket } from './open-submission-socket.ts'
import { logInByPassword } from './submission-login.ts'
import { translateSmtpError } from './translate-smtp-error.ts'

export interface OpenSubmissionConnectionInput {
  readonly server: MailServer
  readonly username: string
  readonly password: string
}

export interface OpenSubmissionConnectionOptions {
  readonly egress: EgressPolicy
  /** Ends the opening, and later the connection. */
  readonly signal?: AbortSignal | undefined
  /** For opening, not for the life of the connection. Default 20 000. */
  readonly deadlineMs?: number | undefined
}

/** An authenticated connection to a submission server (RFC 6409). */
export interface SubmissionConnection extends AsyncDisposable {
  readonly client: SMTPConnection
  readonly translateError: (error: unknown, timedOut?: boolean) => MailFault
  /** Sends RSET: the session is usable. */
  reset(): Promise<void>
  /** Destroys the socket at once. Idempotent. */
  destroy(): void
}

const DEFAULT_DEADLINE_MS = 20_000
const MAX_RESPONSE_OCTETS = 65_536

/**
 * Opens an authenticated connection on a socket of our own: the library looks up no name, opens no connection and never sees clear text.
 *
 * @throws MailFault, or the reason of the caller's signal.
 */
export async function openSubmissionConnection(
  { server, username, password }: OpenSubmissionConnectionInput,
  options: OpenSubmissionConnectionOptions,
): Promise<SubmissionConnection> {
  using deadline = new Deadline(options.deadlineMs ?? DEFAULT_DEADLINE_MS, options.signal)
  const journey: Journey = { stage: 'dns' }
  const secretForms = listSecretForms(username, password)
  const contextNow = (timedOut: boolean): FaultContext => ({ host: server.host, stage: journey.stage, timedOut, secretForms })
  try {
    const socket = await openSubmissionSocket(server, { egress: options.egress, signal: deadline.signal, journey })
    journey.stage = 'auth'
    const { client, broken } = await startClient(socket, { server, username, password })
    journey.stage = 'ready'
    return {
      client,
      translateError: (error, timedOut = false) => translateSmtpError(error, contextNow(timedOut)),
      reset: () => Promise.race([reset(client), broken]),
      destroy: () => client.close(),
      [Symbol.asyncDispose]: async () => {
        // RFC 5321 section 4.1.1.10 wants it before the connection is closed. Its reply would tell us nothing: it is not waited for.
        if (socket.writable) socket.write('QUIT\r\n')
        client.close()
      },
    }
  } catch (error) {
    if (deadline.abandoned) throw options.signal?.reason ?? error
    throw translateSmtpError(error, contextNow(deadline.expired))
  }
}

/** A client that has signed in, and a promise that rejects when its connection breaks. On failure the socket is destroyed. */
async function startClient(
  socket: TLSSocket,
  { server, username, password }: OpenSubmissionConnectionInput,
): Promise<{ client: SMTPConnection; broken: Promise<never> }> {
  const client = new SMTPConnection({
    connection: socket,
    secure: true,
    secured: true,
    host: server.host,
    port: server.port,
    name: introduceAs(socket),
    logger: false,
    maxResponseSize: MAX_RESPONSE_OCTETS,
    socketCloseTimeout: 0,
    customAuth: { PASSWORD: logInByPassword },
  })
  const { promise: broken, reject } = Promise.withResolvers<never>()
  // Handled here, so that a failure after the last wait is no unhandled rejection; who waits sees it by the race.
  broken.catch(() => socket.destroy())
  client.on('error', reject)
  client.on('end', () => reject(new Error('the connection has ended')))
  try {
    await Promise.race([greet(client), broken])
    await Promise.race([logIn(client, username, password), broken])
    return { client, broken }
  } catch (error) {
    client.close()
    socket.destroy()
    throw error
  }
}

function greet(client: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    client.connect((error) => (error === undefined || error === null ? resolve() : reject(error)))
  })
}

/** `PASSWORD` is no mechanism: it names our handler, which chooses among those the server offers. */
function logIn(client: SMTPConnection, user: string, pass: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.login({ method: 'PASSWORD', credentials: { user, pass } }, (error) =>
      error === undefined || error === null ? resolve() : reject(error),
    )
  })
}

function reset(client: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    client.reset((error) => (error === undefined || error === null ? resolve() : reject(error)))
  })
}
