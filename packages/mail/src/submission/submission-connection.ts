import type { MailServer } from '@maildock/core'
import { Deadline } from '../deadline.ts'
import type { Journey } from '../egress/dial.ts'
import type { EgressPolicy } from '../egress/egress-policy.ts'
import type { MailFault } from '../mail-fault.ts'
import { NoPasswordLogin, ServerRefusal } from '../refusal.ts'
import { listSecretForms, toPublicResponse } from '../scrub-secrets.ts'
import type { FaultContext } from '../translate-link-error.ts'
import { introduceAs, openSubmissionSocket } from './open-submission-socket.ts'
import { requirePositive } from './smtp-reply.ts'
import { parseCapabilities, type SubmissionCapabilities } from './submission-capabilities.ts'
import { SubmissionDialogue } from './submission-dialogue.ts'
import { logInByPassword } from './submission-login.ts'
import { translateSmtpError } from './translate-smtp-error.ts'

export interface OpenSubmissionConnectionInput {
  readonly server: MailServer
  readonly username: string
  readonly password: string
}

export interface OpenSubmissionConnectionOptions {
  readonly egress: EgressPolicy
  /** Ends the opening. An opened connection outlives it. */
  readonly signal?: AbortSignal | undefined
  /** For opening, not for the life of the connection. Default 20 000. */
  readonly deadlineMs?: number | undefined
}

/** An authenticated connection to a submission server (RFC 6409). For one message after another: deliverMessage. */
export interface SubmissionConnection extends AsyncDisposable {
  readonly capabilities: SubmissionCapabilities
  /** For deliverMessage alone. */
  readonly dialogue: SubmissionDialogue
  /** Another message can be tried on it. Once false, false for ever. */
  readonly usable: boolean
  readonly translateError: (error: unknown, timedOut?: boolean) => MailFault
  /** One clean line of the server's words with no form of the password in it; undefined when nothing can be shown. */
  readonly toPublicResponse: (text: string) => string | undefined
  /** Sends RSET: the session is usable. */
  reset(): Promise<void>
  /** Destroys the socket at once. Idempotent. */
  destroy(): void
}

const DEFAULT_DEADLINE_MS = 20_000

/**
 * Opens an authenticated connection. From the greeting on it is our own dialogue: no library reports how far a message came when a link dies
 * (ADR 0024).
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
  const opening = new AbortController()
  const abort = (): void => opening.abort(deadline.signal.reason)
  deadline.signal.addEventListener('abort', abort, { once: true })
  if (deadline.signal.aborted) abort()
  try {
    const { socket, lines } = await openSubmissionSocket(server, { egress: options.egress, signal: opening.signal, journey })
    journey.stage = 'auth'
    const dialogue = new SubmissionDialogue(socket, lines)
    try {
      const capabilities = await introduce(dialogue, introduceAs(socket))
      await logInByPassword(dialogue, { username, password, mechanisms: capabilities.authMechanisms })
      journey.stage = 'ready'
      dialogue.rest()
      return {
        capabilities,
        dialogue,
        get usable() {
          return dialogue.usable
        },
        translateError: (error, timedOut = false) => translateSmtpError(error, contextNow(timedOut)),
        toPublicResponse: (text) => toPublicResponse(text, secretForms),
        reset: () => reset(dialogue),
        destroy: () => dialogue.destroy(),
        [Symbol.asyncDispose]: async () => dialogue.close(),
      }
    } catch (error) {
      dialogue.destroy()
      throw error
    }
  } catch (error) {
    if (deadline.abandoned) throw options.signal?.reason ?? error
    throw translateSmtpError(error, contextNow(deadline.expired))
  } finally {
    deadline.signal.removeEventListener('abort', abort)
  }
}

/** EHLO. Who does not know it can offer no login. */
async function introduce(dialogue: SubmissionDialogue, name: string): Promise<SubmissionCapabilities> {
  const { replyCode, texts } = await dialogue.sayForLines(`EHLO ${name}`)
  if (replyCode >= 500) throw new NoPasswordLogin('the server does not know EHLO')
  if (replyCode >= 300) throw new ServerRefusal({ replyCode, text: texts.join(' ') })
  return parseCapabilities(texts)
}

async function reset(dialogue: SubmissionDialogue): Promise<void> {
  dialogue.wake()
  requirePositive(await dialogue.say('RSET'))
  dialogue.rest()
}
