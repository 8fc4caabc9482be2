import { untilAborted } from '../deadline.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/line-stream.ts'
import type { Deferred, DeliveryOutcome, Refused } from './delivery-outcome.ts'
import {
  concludeAccepted,
  concludeBreak,
  concludeRefusal,
  DEFAULT_DELIVERY_DEADLINES,
  within,
  type DeliveryDeadlines,
  type DeliveryRun,
} from './delivery-run.ts'
import { findLimit, toEnvelopeCommands } from './envelope-commands.ts'
import { endsTheSession, judgeReply } from './judge-reply.ts'
import type { ComposedMessage } from './message-draft.ts'
import type { SmtpReply } from './smtp-reply.ts'
import type { SubmissionConnection } from './submission-connection.ts'
import { toWireChunks } from './wire-chunks.ts'

export interface DeliverMessageOptions {
  /**
   * Awaited once, when all but the final dot is with the server, and before that dot: the place to note down that the message may be out from now on.
   * When it rejects, the connection is destroyed without the dot.
   */
  readonly beforeHandover: () => Promise<void>
  /** Gives up: before the final dot nothing was sent, after it the outcome is `unknown`. */
  readonly signal?: AbortSignal | undefined
  readonly deadlines?: Partial<DeliveryDeadlines> | undefined
}

/** Enough to save the round trips; few enough that no buffer of the server's overflows with our commands. */
const PIPELINED_COMMANDS = 50
const RESET_DEADLINE_MS = 10_000

/**
 * Hands one message over (RFC 5321 section 3.3) and tells what became of it. Whatever the server does, it gets the final dot at most once, and
 * `unknown` is told only from then on. Afterwards the connection is ready for another message, or destroyed: `usable` tells.
 *
 * @throws the rejection of `beforeHandover` and the reason of the signal: then the final dot was not sent. TypeError for a path that is none,
 * Error for a connection that has another message in hand.
 */
export async function deliverMessage(
  connection: SubmissionConnection,
  message: ComposedMessage,
  { beforeHandover, signal, deadlines }: DeliverMessageOptions,
): Promise<DeliveryOutcome> {
  const commands = toEnvelopeCommands(connection.capabilities, message)
  const limit = findLimit(connection.capabilities, message)
  if (limit !== null) return limit
  const run: DeliveryRun = {
    connection,
    message,
    deadlines: { ...DEFAULT_DELIVERY_DEADLINES, ...deadlines },
    signal,
    stage: 'mail',
    answers: new Map(),
  }
  connection.dialogue.wake()
  try {
    const dialect = chooseDialect(run, commands)
    const refusal = (await sendEnvelope(run, dialect)) ?? (await sendContent(run, dialect))
    if (refusal !== null) return refusal
    return await handOver(run, beforeHandover)
  } catch (error) {
    connection.destroy()
    return concludeBreak(run, error)
  } finally {
    connection.dialogue.rest()
  }
}

/** Replies to MAIL, RCPT and DATA, in this order. */
interface Dialect {
  next(): Promise<SmtpReply>
  /** Replies to what was said already and not yet heard. */
  readonly owed: number
}

/** One command after the other, or many at once where the server takes them so: DATA may be the last of them (RFC 2920 section 3.1). */
function chooseDialect({ connection: { dialogue, capabilities } }: DeliveryRun, envelope: readonly string[]): Dialect {
  const commands = [...envelope, 'DATA']
  let [said, heard] = [0, 0]
  return {
    next: async () => {
      if (heard === said) {
        const group = commands.slice(said, said + (capabilities.pipelining ? PIPELINED_COMMANDS : 1))
        said += group.length
        dialogue.tell(group)
      }
      heard += 1
      return dialogue.hear()
    },
    get owed() {
      return said - heard
    },
  }
}

/** MAIL and RCPT. Null: at least one recipient is accepted. */
async function sendEnvelope(run: DeliveryRun, dialect: Dialect): Promise<Refused | Deferred | null> {
  const mail = await within(run, 'mailMs', () => dialect.next())
  const verdict = judgeReply(mail, 'mail')
  if (verdict.verdict !== 'accepted') return finish(run, { reply: mail, dialect }, concludeRefusal(run, mail, verdict))
  run.stage = 'rcpt'
  const last = await within(run, 'rcptMs', () => askForRecipients(run, dialect))
  if (last !== null) return last
  return summariseRecipients(run, dialect)
}

async function askForRecipients(run: DeliveryRun, dialect: Dialect): Promise<Refused | Deferred | null> {
  for (const address of run.message.forwardPaths) {
    const reply = await dialect.next()
    const verdict = judgeReply(reply, 'rcpt')
    run.answers.set(address, { verdict, reply })
    if (endsTheSession(reply) && verdict.verdict !== 'accepted') {
      run.connection.destroy()
      return concludeRefusal(run, reply, verdict)
    }
  }
  return null
}

async function summariseRecipients(run: DeliveryRun, dialect: Dialect): Promise<Refused | Deferred | null> {
  const answers = [...run.answers.values()]
  if (answers.some(({ verdict }) => verdict.verdict === 'accepted')) return null
  // One that may be accepted later keeps the message alive.
  const said = answers.find(({ verdict }) => verdict.verdict === 'deferred') ?? answers[0]
  if (said === undefined || said.verdict.verdict === 'accepted') throw new TypeError('a message without recipients')
  return finish(run, { reply: said.reply, dialect }, concludeRefusal(run, said.reply, said.verdict))
}

/** The reply to DATA, and the message without its final dot. Null: all of it was taken by the system, and the server had nothing to say. */
async function sendContent(run: DeliveryRun, dialect: Dialect): Promise<Refused | Deferred | null> {
  const { dialogue } = run.connection
  run.stage = 'data'
  const data = await within(run, 'dataMs', () => dialect.next())
  const verdict = judgeReply(data, 'data')
  if (verdict.verdict !== 'accepted') return finish(run, { reply: data, dialect }, concludeRefusal(run, data, verdict))
  run.stage = 'content'
  return within(run, 'contentMs', async () => {
    for (const chunk of toWireChunks(run.message.source)) {
      if (dialogue.hasUnread) return hearEarlyReply(run)
      try {
        await dialogue.push(chunk)
      } catch (error) {
        // Who hangs up on a message often says why.
        if (dialogue.hasUnread) return hearEarlyReply(run)
        throw error
      }
    }
    return null
  })
}

/** A server that answers before it has heard all will hear no more. Its no counts; a yes cannot: nothing was handed over. */
async function hearEarlyReply(run: DeliveryRun): Promise<Refused | Deferred> {
  const reply = await run.connection.dialogue.hear()
  run.connection.destroy()
  const verdict = judgeReply(reply, 'data_end')
  if (verdict.verdict === 'accepted')
    throw new ProtocolViolation('an answer before the end of the message', `${reply.replyCode} ${reply.text}`)
  return concludeRefusal(run, reply, verdict)
}

async function handOver(run: DeliveryRun, beforeHandover: () => Promise<void>): Promise<DeliveryOutcome> {
  const { connection, signal } = run
  await (signal === undefined ? beforeHandover() : untilAborted(beforeHandover(), signal))
  if (connection.dialogue.hasUnread) return within(run, 'contentMs', () => hearEarlyReply(run))
  if (!connection.usable) throw new ConnectionLost('the server closed the connection before the end of the message')
  run.stage = 'data_end'
  const reply = await within(run, 'finalMs', () => connection.dialogue.say('.'))
  const verdict = judgeReply(reply, 'data_end')
  if (verdict.verdict === 'accepted') return concludeAccepted(run, reply)
  if (endsTheSession(reply)) connection.destroy()
  return concludeRefusal(run, reply, verdict)
}

/**
 * Brings the session back to its beginning after a no. If that fails the connection goes; the outcome stays. So it does when the server waits for a message
 * after all: whatever came next would be that message.
 */
async function finish<T>(run: DeliveryRun, { reply, dialect }: { reply: SmtpReply; dialect: Dialect }, outcome: T): Promise<T> {
  const { connection } = run
  if (endsTheSession(reply)) {
    connection.destroy()
    return outcome
  }
  const reset = within({ ...run, deadlines: { ...run.deadlines, mailMs: RESET_DEADLINE_MS } }, 'mailMs', async () => {
    while (dialect.owed > 0) {
      const late = await dialect.next()
      // The last is the one to DATA, which nobody may get: with a yes to it the server is out of step with us.
      if (late.replyCode < 400 && dialect.owed === 0)
        throw new ProtocolViolation('an answer to something else', `${late.replyCode} ${late.text}`)
    }
    return connection.dialogue.say('RSET')
  })
  const [settled] = await Promise.allSettled([reset])
  if (settled.status === 'rejected' || settled.value.replyCode !== 250) connection.destroy()
  return outcome
}
