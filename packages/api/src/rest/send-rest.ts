import type { MaildockError } from '@maildock/core'
import type { Response } from 'express'
import { httpStatusOf } from '../errors/error-table.ts'
import { requestIdOf } from '../http/open-request.ts'
import { RestInputError } from './rest-input.ts'
import { toRestValue, toSnakeCase } from './spelling.ts'

/** Answers with JSON that nobody keeps. */
export function sendJson(response: Response, status: number, body: unknown): void {
  response.statusCode = status
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.end(JSON.stringify(body))
}

/** Answers with the envelope of a failure. */
export function sendRestError(response: Response, error: MaildockError, { repeatsRetryAfter = false } = {}): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const retryAfter = error.retryAfterSeconds
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter))
  sendJson(response, httpStatusOf(error.code), {
    success: false,
    error: error.message,
    code: error.code,
    request_id: requestIdOf(response),
    ...(error.details === undefined ? {} : { details: toRestDetails(error) }),
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter, ...(repeatsRetryAfter ? { retryAfter } : {}) }),
  })
}

/** Details in REST spelling. `fieldErrors` and `formErrors` are named by the contract; the fields in them are REST fields. */
function toRestDetails(error: MaildockError): unknown {
  const { fieldErrors, formErrors, ...details } = error.details ?? {}
  if (fieldErrors === undefined) return toRestValue(error.details, 'snake_case')
  const spelled =
    error instanceof RestInputError
      ? fieldErrors
      : Object.fromEntries(
          Object.entries(fieldErrors as Record<string, unknown>).map(([field, messages]) => [toSnakeCase(field), messages]),
        )
  return { ...(toRestValue(details, 'snake_case') as object), fieldErrors: spelled, formErrors }
}
