import type { AttemptOutcome, MailServer, Uuid } from '@maildock/core'
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

export interface DeliveryOptions {
  /** Awaited before the last octets leave. When it rejects nothing was sent, and the attempt rejects with its reason. */
  readonly beforeHandover: () => Promise<void>
  /** Ends the attempt: before the hand-over nothing was sent; after it, what came of it is `unknown`. */
  readonly signal: AbortSignal
}

/** How an attempt ended. `loginRefused`: the server did not take the account's login, so nobody else need try with it. */
export interface DeliveryReport extends AttemptOutcome {
  readonly loginRefused: boolean
}

/**
 * Hands a message to the account's submission server. The port between what is stored and what is said. Everything a server may answer is a
 * report, one for each forward path; it rejects with the reason of `beforeHandover` or the signal, or for a fault of ours.
 */
export type Deliver = (server: SubmissionServer, message: OutgoingMessage, options: DeliveryOptions) => Promise<DeliveryReport>
