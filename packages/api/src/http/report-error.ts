import type { Logger, MaildockError } from '@maildock/core'

/** The request an error is told to. `gone`: its caller left, and what broke off with that is no fault. */
export interface ReportedRequest {
  readonly requestId: string
  /** Procedure or path. */
  readonly path: string
  readonly gone: boolean
}

/**
 * Logs an error that is being told to a caller, once. Faults of ours as errors with their cause; what callers do wrong only for
 * debugging, by code alone: its cause may hold what they typed.
 */
export function reportError(logger: Logger, error: MaildockError, { requestId, path, gone }: ReportedRequest): void {
  const fields = { code: error.code, requestId, path }
  if (!gone && (error.kind === 'internal' || error.kind === 'unavailable')) {
    logger.error({ ...fields, err: error.cause ?? error }, 'A request failed.')
  } else {
    logger.debug(fields, 'A request was refused.')
  }
}
