import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.ts'
import type { ErrorKind } from './error-kind.ts'

/** What is told beside code and message. Keys are camelCase here; the REST adapter spells them in snake_case. */
export type ErrorDetails = Readonly<Record<string, unknown>>

export interface MaildockErrorOptions {
  /** Public: shown to the caller. Never a secret, never a foreign text that was not cleaned. */
  readonly details?: ErrorDetails
  readonly retryAfterSeconds?: number
  /** What happened underneath. For the log, never for the caller. */
  readonly cause?: unknown
  /** Replaces the sentence of the catalogue where a better one is known. Public. */
  readonly message?: string
}

/** The one error type that crosses package borders. Its message is public; its cause is not. */
export class MaildockError extends Error {
  override readonly name = 'MaildockError'
  readonly code: ErrorCode
  readonly details: ErrorDetails | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, options: MaildockErrorOptions = {}) {
    super(options.message ?? ERROR_CATALOGUE[code].message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.details = options.details
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get kind(): ErrorKind {
    return ERROR_CATALOGUE[this.code].kind
  }
}
