import { MaildockError, type ErrorDetails, type VerificationFailure } from '@maildock/core'

/** Tells failed servers: the code of the first one, its details, and all of them when there are several. */
export function toVerificationError(failures: readonly [VerificationFailure, ...VerificationFailure[]]): MaildockError {
  const { code, ...details } = failures[0]
  const told: ErrorDetails = failures.length > 1 ? { ...details, failures } : details
  return new MaildockError(code, { details: told })
}
