import { MaildockError } from '@maildock/core'

/** What a schema could not tell: which fields are wrong, and how, in sentences. */
export function invalidFields(fieldErrors: Readonly<Record<string, readonly string[]>>): MaildockError {
  return new MaildockError('validation.failed', { details: { fieldErrors, formErrors: [] } })
}

/** Of a cursor that this API did not make. */
export function invalidCursor(): MaildockError {
  return invalidFields({ cursor: ['This is not a cursor. Start again without one.'] })
}
