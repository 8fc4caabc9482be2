import type { Logger, MaildockError } from '@maildock/core'

/**
 * Logs an error that is being told to a caller, once. Faults of ours as errors with their cause; what callers do wrong only for
 * debugging, by code alone: its cause may hold what they typed. `gone`: the caller left, and what broke off with that is no fault.
 */
export function reportError(logger: Logger, error: MaildockError, { path, gone }: { path: string; gone: boolean }): void {
  const fields = { code: error.code, path }
  if (!gone && (error.kind === 'internal' || error.kind === 'unavailable')) {
    logger.error({ ...fields, err: error.cause ?? error }, 'A request failed.')
  } else {
    logger.debug(fields, 'A request was refused.')
  }
}
