import { Deadline, DeadlineExceeded } from '../deadline.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/line-stream.ts'
import type { Accepted, Deferred, DeliveryOutcome, DeliveryStage, RecipientOutcome, Refused, ServerReply } from './delivery-outcome.ts'
import type { Verdict } from './judge-reply.ts'
import type { ComposedMessage } from './message-draft.ts'
import type { SmtpReply } from './smtp-reply.ts'
import type { SubmissionConnection } from './submission-connection.ts'

/**
 * How long each stage may take as a whole, however lively the server is. Defaults are the minimum of RFC 5321 section 4.5.3.2, which a client must not
 * fall below: most of all not after the final dot, where giving up makes duplicates.
 */
export interface DeliveryDeadlines {
  /** Default 300 000. */
  readonly mailMs: number
  /** All recipients. Default 300 000. */
  readonly rcptMs: number
  /** Default 120 000. */
  readonly dataMs: number
  /** The whole message; RFC 5321 has 3 minutes for each block of it. Default 600 000. */
  readonly contentMs: number
  /** From the final dot to its reply. Default 600 000. */
  readonly finalMs: number
}

export const DEFAULT_DELIVERY_DEADLINES: DeliveryDeadlines = {
  mailMs: 300_000,
  rcptMs: 300_000,
  dataMs: 120_000,
  contentMs: 600_000,
  finalMs: 600_000,
}

/** One message on its way, and how far it has come. */
export interface DeliveryRun {
  readonly connection: SubmissionConnection
  readonly message: ComposedMessage
  readonly deadlines: DeliveryDeadlines
  readonly signal: AbortSignal | undefined
  stage: Exclude<DeliveryStage, 'limits'>
  /** By forward path: what the server said to RCPT. */
  readonly answers: Map<string, { readonly verdict: Verdict; readonly reply: SmtpReply }>
}

/**
 * Waits for one stage. At its deadline, and when the caller gives up, the socket is destroyed.
 *
 * @throws what the work throws, or the reason of the deadline or of the caller.
 */
export async function within<T>(
  { connection, deadlines, signal }: DeliveryRun,
  limit: keyof DeliveryDeadlines,
  work: () => Promise<T>,
): Promise<T> {
  using deadline = new Deadline(deadlines[limit], signal)
  deadline.signal.throwIfAborted()
  const destroy = (): void => connection.destroy()
  deadline.signal.addEventListener('abort', destroy, { once: true })
  try {
    return await work()
  } catch (error) {
    // A socket we destroyed ourselves looks like one that broke.
    throw deadline.signal.aborted ? deadline.signal.reason : error
  } finally {
    deadline.signal.removeEventListener('abort', destroy)
  }
}

export function toServerReply(connection: SubmissionConnection, { replyCode, enhancedStatus, text }: SmtpReply): ServerReply {
  const words = [replyCode, enhancedStatus, text].filter((part) => part !== undefined && part !== '').join(' ')
  return { replyCode, enhancedStatus: enhancedStatus ?? null, response: connection.toPublicResponse(words) ?? null }
}

/** The server took the message. */
export function concludeAccepted(run: DeliveryRun, reply: SmtpReply): Accepted {
  const recipients = listRecipients(run, 'accepted', null)
  return { outcome: 'accepted', reply: toServerReply(run.connection, reply), limitsAccount: saysTooMuch(run), recipients }
}

/** The server said no, to the message or to all of its recipients. */
export function concludeRefusal(run: DeliveryRun, said: SmtpReply, verdict: Exclude<Verdict, { verdict: 'accepted' }>): Refused | Deferred {
  const { stage, connection } = run
  const reply = toServerReply(connection, said)
  const recipients = listRecipients(run, verdict.verdict, said)
  if (verdict.verdict === 'refused') return { outcome: 'refused', stage, code: verdict.code, tooLarge: verdict.tooLarge, reply, recipients }
  const { code, retryAfterMs } = verdict
  const limitsAccount = verdict.limitsAccount || saysTooMuch(run)
  return { outcome: 'deferred', stage, code, reply, retryAfterMs, limitsAccount, fault: null, recipients }
}

/**
 * The connection broke, spoke nonsense or took too long. Before the final dot the server cannot have the message; from then on nobody knows.
 *
 * @throws the error itself where it is none of these, or the reason of the caller: then the final dot was not sent.
 */
export function concludeBreak(run: DeliveryRun, error: unknown): DeliveryOutcome {
  const { stage, connection, signal } = run
  const isLate = error instanceof DeadlineExceeded
  if (stage === 'data_end') {
    return { outcome: 'unknown', stage, fault: connection.translateError(error, isLate), recipients: listRecipients(run, 'unknown', null) }
  }
  if (signal?.aborted === true) throw signal.reason
  if (!isLate && !(error instanceof ConnectionLost) && !(error instanceof ProtocolViolation)) throw error
  return {
    outcome: 'deferred',
    stage,
    code: isLate ? 'host.timeout' : 'upstream.unavailable',
    reply: null,
    retryAfterMs: null,
    limitsAccount: false,
    fault: connection.translateError(error, isLate),
    recipients: listRecipients(run, 'deferred', null),
  }
}

/** To whichever recipient it was said. */
function saysTooMuch({ answers }: DeliveryRun): boolean {
  return [...answers.values()].some(({ verdict }) => verdict.verdict === 'deferred' && verdict.limitsAccount)
}

/** Who was refused stays refused; the others share the fate of the message. */
function listRecipients(run: DeliveryRun, fate: RecipientOutcome['outcome'], said: SmtpReply | null): readonly RecipientOutcome[] {
  return run.message.forwardPaths.map((address) => {
    const answer = run.answers.get(address)
    const shares = answer === undefined || answer.verdict.verdict === 'accepted'
    const outcome = shares ? fate : answer.verdict.verdict
    const reply = shares ? (said ?? answer?.reply) : answer.reply
    return { address, outcome, reply: reply === undefined ? null : toServerReply(run.connection, reply) }
  })
}
