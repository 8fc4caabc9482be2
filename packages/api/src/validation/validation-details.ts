import type { ErrorDetails } from '@maildock/core'
import type { ZodError } from 'zod'

/** At most so many fields are told back: the answer to a hostile request stays small. */
const MAX_FIELDS = 50
const MAX_FORM_ERRORS = 5
const MAX_FIELD_NAME = 100

/** Public details of `validation.failed`: one message by field, and those that belong to no field. */
export interface ValidationDetails extends ErrorDetails {
  readonly fieldErrors: Readonly<Record<string, readonly string[]>>
  readonly formErrors: readonly string[]
}

/** Makes the public details of a failed parse. A field nobody knows is named like a wrong one. Bounded in size. */
export function toValidationDetails(error: ZodError): ValidationDetails {
  const fieldErrors = new Map<string, string>()
  const formErrors: string[] = []
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      issue.keys.forEach((key) => addMessage(fieldErrors, key, 'This field is not known.'))
    } else if (issue.path.length === 0) {
      formErrors.push(issue.message)
    } else {
      addMessage(fieldErrors, String(issue.path[0]), issue.message)
    }
  }
  return {
    fieldErrors: Object.fromEntries([...fieldErrors].map(([field, message]) => [field, [message]])),
    formErrors: formErrors.slice(0, MAX_FORM_ERRORS),
  }
}

/** The first thing that is wrong with a field is the one to put right; what follows from it would only distract. */
function addMessage(fieldErrors: Map<string, string>, key: string, message: string): void {
  const field = key.slice(0, MAX_FIELD_NAME).toWellFormed()
  if (fieldErrors.size < MAX_FIELDS && !fieldErrors.has(field)) fieldErrors.set(field, message)
}
