import { MaildockError, type ErrorCode } from '@maildock/core'
import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server'
import { ZodError } from 'zod'
import { toValidationDetails } from '../validation/validation-details.ts'

/** What tRPC itself refuses before any code of ours runs. Anything else it raises alone is a fault of ours. */
const CODE_OF_TRPC: Partial<Record<TRPC_ERROR_CODE_KEY, ErrorCode>> = {
  PARSE_ERROR: 'request.malformed',
  BAD_REQUEST: 'request.malformed',
  NOT_FOUND: 'route.not_found',
  METHOD_NOT_SUPPORTED: 'route.method_not_allowed',
  PAYLOAD_TOO_LARGE: 'request.too_large',
  UNSUPPORTED_MEDIA_TYPE: 'request.unsupported_media_type',
}

/**
 * The one reading of whatever was thrown: a MaildockError stays itself, failed input validation becomes `validation.failed`,
 * tRPC's own refusals become `request.*` or `route.*`, and everything unknown becomes `internal.error` with the cause kept
 * for the log and out of the answer.
 */
export function toMaildockError(error: unknown): MaildockError {
  if (error instanceof MaildockError) {
    return error
  }
  if (!(error instanceof TRPCError)) {
    return new MaildockError('internal.error', { cause: error })
  }
  if (error.cause instanceof MaildockError) {
    return error.cause
  }
  if (error.code === 'BAD_REQUEST' && error.cause instanceof ZodError) {
    return new MaildockError('validation.failed', { details: toValidationDetails(error.cause), cause: error.cause })
  }
  // A TRPCError that wraps a foreign error under its own code was thrown by tRPC's request reader.
  const code = CODE_OF_TRPC[error.code]
  return new MaildockError(code ?? 'internal.error', { cause: error.cause ?? error })
}
