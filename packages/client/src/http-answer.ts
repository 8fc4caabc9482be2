import { SuperJSON } from 'superjson'
import { MaildockError } from './maildock-error.ts'

/** What is used of an answer's headers. */
interface ReadableHeaders {
  get(name: string): string | null
}

/** The parts of an HTTP answer an error is made from. */
export interface AnswerMeta {
  readonly status: number
  readonly headers: ReadableHeaders
}

type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Seconds of `Retry-After` (RFC 9110 §10.2.3): a number, or a date seen from `now`. */
export function readRetryAfter(header: string | null, now: number = Date.now()): number | undefined {
  if (header === null) {
    return undefined
  }
  if (/^\d{1,9}$/u.test(header.trim())) {
    return Number(header)
  }
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000))
}

/** Something that is not Maildock answered, or Maildock in a form this version does not know. */
export function unexpectedAnswer(meta: AnswerMeta, what: string, cause?: unknown): MaildockError {
  return new MaildockError('client.unexpected_response', `The server answered in an unexpected way: ${what}.`, {
    httpStatus: meta.status,
    requestId: textOf(meta.headers.get('x-request-id')),
    retryAfterSeconds: readRetryAfter(meta.headers.get('retry-after')),
    cause,
  })
}

/** Reads the error of a procedure: `{message, data: {httpStatus, maildock: {code, requestId, details?, retryAfter?}}}`. */
export function readProcedureError(shape: unknown, meta: AnswerMeta | undefined, cause?: unknown): MaildockError | undefined {
  const data = isFields(shape) ? shape['data'] : undefined
  const told = isFields(data) ? data['maildock'] : undefined
  if (!isFields(shape) || !isFields(data) || !isFields(told) || typeof told['code'] !== 'string') {
    return undefined
  }
  const { details, retryAfter } = told
  return new MaildockError(told['code'], textOf(shape['message']) ?? told['code'], {
    httpStatus: typeof data['httpStatus'] === 'number' ? data['httpStatus'] : meta?.status,
    requestId: textOf(told['requestId']) ?? textOf(meta?.headers.get('x-request-id')),
    details: isFields(details) ? details : undefined,
    retryAfterSeconds: typeof retryAfter === 'number' ? retryAfter : readRetryAfter(meta?.headers.get('retry-after') ?? null),
    cause,
  })
}

/** Reads the REST envelope, in which the server refuses what never reached a procedure: `{success: false, error, code, …}`. */
export function readEnvelopeError(body: Fields, meta: AnswerMeta): MaildockError | undefined {
  if (body['success'] !== false || typeof body['code'] !== 'string') {
    return undefined
  }
  const { details, retry_after: retryAfter } = body
  return new MaildockError(body['code'], textOf(body['error']) ?? body['code'], {
    httpStatus: meta.status,
    requestId: textOf(body['request_id']) ?? textOf(meta.headers.get('x-request-id')),
    details: isFields(details) ? details : undefined,
    retryAfterSeconds: typeof retryAfter === 'number' ? retryAfter : readRetryAfter(meta.headers.get('retry-after')),
  })
}

/** Parses the text of an answer that should be a tRPC envelope. @throws MaildockError in every other case */
export function parseAnswer(text: string, meta: AnswerMeta): Fields {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw unexpectedAnswer(meta, `status ${meta.status}, not JSON`, cause)
  }
  if (isFields(body) && (isFields(body['result']) || isFields(body['error']))) {
    return body
  }
  throw (isFields(body) ? readEnvelopeError(body, meta) : undefined) ?? unexpectedAnswer(meta, `status ${meta.status}, not a tRPC answer`)
}

/** Reads an error of a procedure as it was sent, by superjson. Never throws. */
export function readSerializedError(serialized: unknown, meta: AnswerMeta): MaildockError {
  try {
    const shape: unknown = isFields(serialized) ? SuperJSON.deserialize({ json: null, ...serialized }) : undefined
    return readProcedureError(shape, meta) ?? unexpectedAnswer(meta, `status ${meta.status}, an error without a code`)
  } catch (cause) {
    return unexpectedAnswer(meta, `status ${meta.status}, an error that cannot be read`, cause)
  }
}

/** The error in the text of an answer that has no business being anything else. Never throws. */
export function readFailure(text: string, meta: AnswerMeta): MaildockError {
  try {
    return readSerializedError(parseAnswer(text, meta)['error'], meta)
  } catch (problem) {
    return problem instanceof MaildockError ? problem : unexpectedAnswer(meta, `status ${meta.status}`, problem)
  }
}
