import type { MaildockErrorCode, KnownErrorCode } from './error-code.ts'
import type { DetailsOf, ErrorDetails } from './error-details.ts'

export interface MaildockErrorOptions {
  readonly httpStatus?: number | undefined
  readonly requestId?: string | undefined
  readonly details?: ErrorDetails | undefined
  readonly retryAfterSeconds?: number | undefined
  readonly cause?: unknown
}

/** Known to every copy of this package, so that an error of one copy is recognised by another. */
const BRAND = Symbol.for('@maildock/client/error')

/**
 * The one error every call rejects with, an abort excepted. `code` is for programs, `message` is one sentence for people
 * and may be shown as it is.
 */
export class MaildockError extends Error {
  override readonly name = 'MaildockError'
  /** What went wrong. Codes this version does not know are possible. */
  readonly code: MaildockErrorCode
  /** Status of the answer; absent where there was none. */
  readonly httpStatus: number | undefined
  /** The server's name for the request: quote it to whoever runs the server. */
  readonly requestId: string | undefined
  /** Facts beside the message; typed by `isMaildockError(error, code)`. */
  readonly details: ErrorDetails | undefined
  /** The server asks not to try again before. */
  readonly retryAfterSeconds: number | undefined

  constructor(code: MaildockErrorCode, message: string, options: MaildockErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.httpStatus = options.httpStatus
    this.requestId = options.requestId
    this.details = options.details
    this.retryAfterSeconds = options.retryAfterSeconds
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** An error narrowed to one code: its details have a known shape. */
export type MaildockErrorOf<C extends string> = MaildockError & { readonly code: C; readonly details: DetailsOf<C> }

/**
 * Tells whether something caught is an error of this package, with one of `codes` where any are named, and narrows it.
 * Works across copies of the package and across realms.
 */
export function isMaildockError(error: unknown): error is MaildockError
export function isMaildockError<const C extends KnownErrorCode>(error: unknown, ...codes: readonly C[]): error is MaildockErrorOf<C>
export function isMaildockError(error: unknown, ...codes: readonly string[]): error is MaildockError
export function isMaildockError(error: unknown, ...codes: readonly string[]): boolean {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) {
    return false
  }
  return codes.length === 0 || ('code' in error && codes.includes(String(error.code)))
}
