import type { VerificationCode, VerificationStage } from '@maildock/core'

/**
 * What a failure of a mail server means for the next attempt. credential: asking again with the same password is useless.
 * permission, account, tls: only a person can change it. transient: try again soon. throttle: try again later and less.
 * mailbox: this one mailbox cannot be read, the others can. protocol: the server said something that makes no sense.
 */
export const MAIL_FAULT_CLASSES = ['credential', 'permission', 'tls', 'account', 'transient', 'throttle', 'mailbox', 'protocol'] as const
export type MailFaultClass = (typeof MAIL_FAULT_CLASSES)[number]

/** Codes a fault can carry. After login (stage `ready`) also those of `sync.*`. */
export type MailFaultCode = VerificationCode | 'sync.server_error' | 'sync.permission_denied' | 'sync.uidvalidity_unstable'

export interface MailFaultDetails {
  readonly code: MailFaultCode
  readonly stage: VerificationStage
  readonly class: MailFaultClass
  /** One sentence: what to do now. Public. */
  readonly hint: string
  /** The server's own words: one clean line of at most 200 characters, secrets removed. Public. */
  readonly serverResponse?: string | undefined
  /** How long the server asked us to stay away. */
  readonly retryAfterMs?: number | undefined
  /** What happened underneath. For the log, never for the caller. */
  readonly cause?: unknown
}

/** Everything that goes wrong with a mail server, in our own words. Made by translate-imap-error and translate-smtp-error. */
export class MailFault extends Error {
  override readonly name = 'MailFault'
  readonly code: MailFaultCode
  readonly stage: VerificationStage
  readonly class: MailFaultClass
  readonly hint: string
  readonly serverResponse: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(details: MailFaultDetails) {
    super(`${details.code} at ${details.stage}`, details.cause === undefined ? {} : { cause: details.cause })
    this.code = details.code
    this.stage = details.stage
    this.class = details.class
    this.hint = details.hint
    this.serverResponse = details.serverResponse
    this.retryAfterMs = details.retryAfterMs
  }
}
