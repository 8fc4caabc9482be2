import type { AttemptOutcome, DeliveryWords, ErrorCode, MailServer, Uuid } from '@maildock/core'
import type { SealedSecret } from '@maildock/vault'

/** A message as it is handed over. */
export interface OutgoingMessage {
  /** Complete, with CRLF line ends, not dot-stuffed. */
  readonly source: Buffer
  readonly reversePath: string
  /** Those who are still to get it, in the order of the message. */
  readonly forwardPaths: readonly string[]
  readonly needsSmtputf8: boolean
  readonly needs8bit: boolean
  /** Names it to the servers that carry it. */
  readonly envelopeId: string
}

/** The way out of an account. The password stays sealed until it is needed. */
export interface SubmissionServer {
  readonly accountId: Uuid
  /** Changes with servers and credentials: a connection of an older one is not used again. */
  readonly revision: number
  readonly server: MailServer
  readonly username: string
  /** Which of the stored passwords it is sealed as. Null: erased. */
  readonly password: { readonly field: 'imap_password' | 'smtp_password'; readonly sealed: SealedSecret } | null
}

/** A message and its way out. */
export interface Attempt {
  readonly message: OutgoingMessage
  readonly server: SubmissionServer
}

/** Why nobody tries to sign in for an account. */
export interface ClosedGate {
  readonly code: ErrorCode
  readonly response: string | null
  readonly notBefore: Date
}

/** Stands before each login of an account, so that a password that is refused is not tried again and again, however much waits. */
export interface LoginGate {
  /** Asked right before a login. @returns null: one may */
  enter(): Promise<ClosedGate | null>
  /** The login was refused, or a session that had signed in is not signed in any more. */
  refuse(words: Pick<DeliveryWords, 'response'> & { readonly code: ErrorCode }): Promise<void>
  /** The login was taken. */
  accept(): Promise<void>
}

export interface DeliveryOptions {
  readonly gate: LoginGate
  /** Awaited before the last octets leave. When it rejects nothing was sent, and the attempt rejects with its reason. */
  readonly beforeHandover: () => Promise<void>
  /** Ends the attempt: before the hand-over nothing was sent; after it, what came of it is `unknown`. */
  readonly signal: AbortSignal
}

/**
 * Hands a message to the account's submission server. The port between what is stored and what is said. Everything a server may answer is an
 * outcome, one for each forward path. It rejects with the reason of `beforeHandover` or the signal: then nothing was sent; or for a fault of ours.
 */
export type Deliver = (server: SubmissionServer, message: OutgoingMessage, options: DeliveryOptions) => Promise<AttemptOutcome>
