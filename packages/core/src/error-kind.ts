/**
 * What a failure means to the caller, independent of the protocol it is told in. The HTTP status and the tRPC code are
 * derived from it, in one total table of the API.
 */
export const ERROR_KINDS = [
  'bad_request',
  'unauthenticated',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'timeout',
  'conflict',
  'payload_too_large',
  'unsupported_media_type',
  'unprocessable',
  'too_many_requests',
  'internal',
  'unavailable',
] as const

export type ErrorKind = (typeof ERROR_KINDS)[number]
