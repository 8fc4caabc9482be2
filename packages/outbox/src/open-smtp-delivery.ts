import type { AttemptOutcome, DeliveryWords } from '@maildock/core'
import {
  deliverMessage,
  findSubmissionPace,
  MailFault,
  openSubmissionConnection,
  SubmissionPool,
  TooManyWaiting,
  type DeliveryOutcome,
  type EgressPolicy,
  type SubmissionConnection,
} from '@maildock/mail'
import { UnsealError, type Vault } from '@maildock/vault'
import { deferAll } from './attempt-submission.ts'
import type { ClosedGate, Deliver, DeliveryOptions, LoginGate, OutgoingMessage, SubmissionServer } from './deliver.ts'

export interface SmtpDeliveryOptions {
  readonly vault: Vault
  readonly egress: EgressPolicy
}

/** Delivers over SMTP, and keeps connections for a moment. Disposing closes them. */
export interface SmtpDelivery extends AsyncDisposable {
  readonly deliver: Deliver
}

/** A kept connection may have been closed by the server since: then another one is tried at once. */
const MAX_TRIES = 3

/** Signed-in connections are reused by account; the password is open for as long as it takes to sign in, and nowhere else. */
export function openSmtpDelivery({ vault, egress }: SmtpDeliveryOptions): SmtpDelivery {
  const servers = new ServersInUse()
  const logins = new Turns()
  const used = new WeakSet<SubmissionConnection>()
  const pool = new SubmissionPool<SubmissionConnection>({
    maxPerKey: (key) => findSubmissionPace(servers.get(key).server.server.host).connections,
    open: async (key, signal) => {
      const { server, gate } = servers.get(key)
      // One login at a time for each account: what became of it is for all who wait.
      return logins.inTurn(key, async () => enterByGate(gate, async () => signIn(server, { vault, egress }, signal)))
    },
  })

  const tryOnce = async (
    server: SubmissionServer,
    message: OutgoingMessage,
    options: DeliveryOptions,
  ): Promise<{ readonly outcome: DeliveryOutcome; readonly wasKept: boolean }> => {
    const key = servers.enter(server, options.gate)
    try {
      return await pool.withConnection(
        key,
        async (connection) => {
          const wasKept = used.has(connection)
          used.add(connection)
          return { outcome: await deliverMessage(connection, message, options), wasKept }
        },
        options.signal,
      )
    } finally {
      servers.leave(key)
    }
  }
  return {
    deliver: async (server, message, options) => {
      try {
        for (let tries = 1; ; tries += 1) {
          const { outcome, wasKept } = await tryOnce(server, message, options)
          if (tries === MAX_TRIES || !wasKept || !wasClosedMeanwhile(outcome)) {
            return await settleLogin(options.gate, outcome)
          }
        }
      } catch (error) {
        options.signal.throwIfAborted()
        return toFailedOutcome(message, error)
      }
    },
    [Symbol.asyncDispose]: async () => pool[Symbol.asyncDispose](),
  }
}

interface ServerInUse {
  readonly server: SubmissionServer
  readonly gate: LoginGate
  uses: number
}

/** What the pool opens by a key, for as long as somebody may have it opened. */
class ServersInUse {
  readonly #servers = new Map<string, ServerInUse>()

  enter(server: SubmissionServer, gate: LoginGate): string {
    const key = `${server.accountId}/${server.revision}`
    const known = this.#servers.get(key) ?? { server, gate, uses: 0 }
    known.uses += 1
    this.#servers.set(key, known)
    return key
  }

  leave(key: string): void {
    const known = this.#servers.get(key)
    if (known !== undefined) {
      known.uses -= 1
      if (known.uses === 0) {
        this.#servers.delete(key)
      }
    }
  }

  get(key: string): ServerInUse {
    const known = this.#servers.get(key)
    if (known === undefined) {
      throw new Error('A connection is opened for nobody.')
    }
    return known
  }
}

/** Work of one key, one after the other. */
class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const mine = Promise.allSettled([before]).then(work)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) {
        this.#last.delete(key)
      }
    }
  }
}

/** Somebody's login was refused a while ago. */
class GateClosed extends Error {
  override readonly name = 'GateClosed'
  readonly gate: ClosedGate

  constructor(gate: ClosedGate) {
    super('The login of this account was refused; it is not tried now.')
    this.gate = gate
  }
}

/** Refusals after which asking again with the same credentials is useless, or a person has to change something first. */
const OF_THE_LOGIN: ReadonlySet<MailFault['class']> = new Set(['credential', 'permission', 'account'])

/** @throws GateClosed, and what the login throws */
async function enterByGate(gate: LoginGate, logIn: () => Promise<SubmissionConnection>): Promise<SubmissionConnection> {
  const closed = await gate.enter()
  if (closed !== null) {
    throw new GateClosed(closed)
  }
  try {
    const connection = await logIn()
    await gate.accept()
    return connection
  } catch (error) {
    if (error instanceof MailFault && error.stage === 'auth' && OF_THE_LOGIN.has(error.class)) {
      await gate.refuse({ code: error.code, response: error.serverResponse ?? null })
    }
    throw error
  }
}

async function signIn(
  { accountId, server, username, password }: SubmissionServer,
  { vault, egress }: SmtpDeliveryOptions,
  signal: AbortSignal,
): Promise<SubmissionConnection> {
  if (password === null) {
    throw new UnsealError('The password of this account is not stored.')
  }
  return vault.withOpened(password.sealed, { accountId, field: password.field }, async (opened) =>
    openSubmissionConnection({ server, username, password: opened }, { egress, signal }),
  )
}

function wasClosedMeanwhile(outcome: DeliveryOutcome): boolean {
  return outcome.outcome === 'deferred' && outcome.stage === 'mail' && outcome.fault !== null
}

/** A server that says in the midst of a session that nobody is signed in has said nothing about the message. */
async function settleLogin(gate: LoginGate, outcome: DeliveryOutcome): Promise<AttemptOutcome> {
  const loginRefused = outcome.outcome === 'refused' && outcome.code === 'smtp.authentication_failed'
  const words = toWords(outcome)
  if (loginRefused) {
    await gate.refuse({ code: outcome.code, response: words.response })
  }
  return {
    ...words,
    ...(outcome.outcome === 'deferred' ? { retryAfterMs: outcome.retryAfterMs ?? undefined } : {}),
    ...('limitsAccount' in outcome ? { limitsAccount: outcome.limitsAccount } : {}),
    recipients: outcome.recipients.map(({ address, outcome: became, reply }) => ({
      address,
      outcome: loginRefused ? 'deferred' : became,
      code: became === 'refused' ? (words.code ?? 'smtp.recipient_refused') : words.code,
      replyCode: reply?.replyCode ?? words.replyCode,
      enhancedStatus: reply?.enhancedStatus ?? words.enhancedStatus,
      response: reply?.response ?? words.response,
    })),
  }
}

function toWords(outcome: DeliveryOutcome): DeliveryWords {
  switch (outcome.outcome) {
    case 'accepted':
      return { code: null, ...outcome.reply }
    case 'refused':
      return { code: outcome.code, ...(outcome.reply ?? NO_REPLY) }
    case 'deferred':
      return { code: outcome.code, ...(outcome.reply ?? wordsOfFault(outcome.fault)) }
    case 'unknown':
      return { code: outcome.fault.code, ...wordsOfFault(outcome.fault) }
    default:
      return outcome satisfies never
  }
}

const NO_REPLY = { replyCode: null, enhancedStatus: null, response: null } as const

function wordsOfFault(fault: MailFault | null): Omit<DeliveryWords, 'code'> {
  return { ...NO_REPLY, response: fault?.serverResponse ?? null }
}

/** Nothing was said about the message: the way to the server failed. @throws what is a fault of ours */
function toFailedOutcome(message: OutgoingMessage, error: unknown): AttemptOutcome {
  if (error instanceof MailFault) {
    const { code, retryAfterMs } = error
    return { ...deferAll(message, { code, ...wordsOfFault(error) }), retryAfterMs, limitsAccount: error.class === 'throttle' }
  }
  if (error instanceof GateClosed) {
    return deferAll(message, { ...NO_REPLY, code: error.gate.code, response: error.gate.response })
  }
  if (error instanceof UnsealError) {
    return deferAll(message, { code: 'credentials.unreadable', ...NO_REPLY })
  }
  if (error instanceof TooManyWaiting) {
    return deferAll(message, { code: 'upstream.rate_limited', ...NO_REPLY })
  }
  throw error
}
