import type { VerificationCode, VerificationDetails, VerificationFailure } from '@maildock/core'
import type { ValidationDetails } from './error-details.ts'
import { isMaildockError, type MaildockError } from './maildock-error.ts'

/**
 * The mail servers that could not be verified, IMAP first: one entry, or two when both failed. Empty for any other error,
 * so that it can be asked of whatever was caught. Told by the details, not by the code: a newer server may know causes
 * this version does not.
 */
export function listVerificationFailures(error: unknown): readonly VerificationFailure[] {
  if (!isMaildockError(error)) {
    return []
  }
  const { failures, protocol, stage, hint, serverResponse }: Partial<VerificationDetails> = error.details ?? {}
  if (Array.isArray(failures)) {
    return failures
  }
  if (protocol === undefined || stage === undefined) {
    return []
  }
  const first = { code: error.code as VerificationCode, protocol, stage, hint: hint ?? error.message }
  return [serverResponse === undefined ? first : { ...first, serverResponse }]
}

/** What is wrong with which field of the input. Empty for any error but `validation.failed`. */
export function listFieldErrors(error: unknown): ValidationDetails {
  const details: Partial<ValidationDetails> = isMaildockError(error, 'validation.failed') ? (error.details ?? {}) : {}
  return { fieldErrors: details.fieldErrors ?? {}, formErrors: details.formErrors ?? [] }
}

/** Tells whether signing in (again) is what helps. */
export function needsSignIn(error: unknown): error is MaildockError {
  return isMaildockError(error, 'session.missing', 'session.invalid', 'session.expired')
}
