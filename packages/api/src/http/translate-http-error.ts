import { MaildockError, type ErrorCode } from '@maildock/core'
import { toMaildockError } from '../errors/to-maildock-error.ts'

/** What Express's body reader calls its refusals (`error.type`), and what they are called here. */
const CODE_OF_BODY_ERROR: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['entity.too.large', 'request.too_large'],
  ['encoding.unsupported', 'request.unsupported_media_type'],
  ['charset.unsupported', 'request.unsupported_media_type'],
  ['entity.parse.failed', 'request.malformed'],
  ['request.aborted', 'request.malformed'],
  ['request.size.invalid', 'request.malformed'],
])

/** Reads whatever Express, its body reader or a handler raised. */
export function translateHttpError(error: unknown): MaildockError {
  if (error instanceof Error && !(error instanceof MaildockError)) {
    const code = 'type' in error ? CODE_OF_BODY_ERROR.get(error.type) : undefined
    if (code !== undefined) return new MaildockError(code, { cause: error })
    // A path that cannot be decoded (`%zz`) names nothing.
    if (error instanceof URIError || isRefusedFileRequest(error)) return new MaildockError('request.malformed', { cause: error })
  }
  return toMaildockError(error)
}

/** What Express's file server refuses (an impossible range, a condition that does not hold) carries a status and no type. */
function isRefusedFileRequest(error: Error): boolean {
  return !('type' in error) && 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500
}
