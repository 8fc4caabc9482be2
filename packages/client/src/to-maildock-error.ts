import { TRPCClientError } from '@trpc/client'
import type { MaildockRouter } from './maildock-router.ts'
import { isFields, readProcedureError, unexpectedAnswer, type AnswerMeta } from './http-answer.ts'
import { isMaildockError, MaildockError } from './maildock-error.ts'

/**
 * Reads whatever was caught as a MaildockError: what `client.trpc` or a TanStack Query hook rejects with, too. Never
 * throws; a MaildockError is returned as it is. An abort becomes `client.aborted`.
 */
export function toMaildockError(error: unknown): MaildockError {
  const own = findOwnError(error)
  if (own !== undefined) {
    return own
  }
  if (error instanceof TRPCClientError) {
    const meta = readMeta(error as TRPCClientError<MaildockRouter>)
    const told = readProcedureError(error.shape, meta, error)
    if (told !== undefined) {
      return told
    }
    if (isAbort(error.cause)) {
      return new MaildockError('client.aborted', 'The call was aborted.', { cause: error.cause })
    }
    if (meta !== undefined) {
      return unexpectedAnswer(meta, `status ${meta.status}`, error)
    }
  }
  if (isAbort(error)) {
    return new MaildockError('client.aborted', 'The call was aborted.', { cause: error })
  }
  return new MaildockError('client.unexpected', error instanceof Error ? error.message : 'Something unexpected was thrown.', {
    cause: error,
  })
}

/**
 * The error made where the failure happened, under what was wrapped around it on its way: a TRPCClientError and an event
 * (both have a `cause`), and the SuppressedError of a stream that is disposed after it has failed (it has an `error`).
 */
function findOwnError(error: unknown, depth = 0): MaildockError | undefined {
  if (isMaildockError(error) || !(error instanceof Object) || depth > MAX_WRAPPINGS) {
    return isMaildockError(error) ? error : undefined
  }
  const { cause, error: suppressing }: { cause?: unknown; error?: unknown } = error
  return findOwnError(cause, depth + 1) ?? findOwnError(suppressing, depth + 1)
}

const MAX_WRAPPINGS = 4

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function readMeta(error: TRPCClientError<MaildockRouter>): AnswerMeta | undefined {
  const response = error.meta?.['response']
  return isAnswerMeta(response) ? response : undefined
}

function isAnswerMeta(value: unknown): value is AnswerMeta {
  return (
    isFields(value) && typeof value['status'] === 'number' && isFields(value['headers']) && typeof value['headers']['get'] === 'function'
  )
}
