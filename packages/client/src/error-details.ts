import type { VerificationCode, VerificationDetails } from '@maildock/core'

/** What is told beside code and message. Its shape belongs to the code. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** Details of `validation.failed`: messages by field (in camelCase), and those that belong to no field. */
export interface ValidationDetails {
  readonly fieldErrors: Readonly<Record<string, readonly string[]>>
  readonly formErrors: readonly string[]
}

/** The shape of `details` of an error with code `C`, where it is known. */
export type DetailsOf<C extends string> = C extends 'validation.failed'
  ? ValidationDetails
  : C extends VerificationCode
    ? VerificationDetails
    : ErrorDetails | undefined
