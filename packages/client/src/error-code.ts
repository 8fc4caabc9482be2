import type { ErrorCode } from '@maildock/core'

/** What can go wrong before or instead of an answer of the server. */
export type ClientErrorCode =
  /** The server could not be reached, or the connection broke before the answer was complete. */
  | 'client.network'
  /** The deadline of the call (`timeoutMs`) passed. Whether a change was made is not known. */
  | 'client.timeout'
  /** Something answered, but not Maildock: a proxy, a sign-in wall, a wrong `baseUrl`. */
  | 'client.unexpected_response'
  /** The `token` function failed; its error is the `cause`. Nothing was sent. */
  | 'client.token_failed'
  /** The call was aborted. Only `toMaildockError` says so: calls themselves reject with the signal's reason. */
  | 'client.aborted'
  /** Anything else, a fault of this package or of a function handed to it. */
  | 'client.unexpected'

/** The codes this version knows. */
export type KnownErrorCode = ErrorCode | ClientErrorCode

/** Any code: a newer server may tell codes this version does not know, so a `switch` over it needs a `default`. */
export type MaildockErrorCode = KnownErrorCode | (string & {})
