import { ERROR_CATALOGUE, type ErrorCode } from '@maildock/core'
import { httpStatusOf } from '../errors/error-table.ts'

const REQUEST_ID = '0191e2a4-5c7e-4f0a-9b7c-2f6d1f1f0a11'

/** The envelope of every failure. */
export const FAILURE_SCHEMA = {
  type: 'object',
  description: 'Every failure. Clients must expect codes they do not know yet.',
  required: ['success', 'error', 'code', 'request_id'],
  additionalProperties: false,
  properties: {
    success: { const: false },
    error: { type: 'string', description: 'One sentence a person can act on.' },
    code: { type: 'string', description: 'Machine-readable. Stays the same when the sentence changes.' },
    request_id: { type: 'string', format: 'uuid', description: 'The same as the header X-Request-Id. Tell it when you report a problem.' },
    details: { type: 'object', description: 'What is known beyond the code.' },
    retry_after: { type: 'integer', minimum: 1, description: 'Seconds. The same as the header Retry-After.' },
    retryAfter: { type: 'integer', minimum: 1, description: 'The same again, where messages are sent.' },
  },
} as const

/** What `details` of some codes looks like. */
const DETAILS_EXAMPLES: Partial<Record<ErrorCode, unknown>> = {
  'validation.failed': { fieldErrors: { imap_port: ['A port is a number from 1 to 65535.'] }, formErrors: [] },
  'imap.authentication_failed': {
    protocol: 'imap',
    stage: 'auth',
    hint: 'Check the user name and the password.',
    server_response: 'NO [AUTHENTICATIONFAILED] Authentication failed.',
  },
  'host.not_found': { protocol: 'smtp', stage: 'dns', hint: 'Check the server name for typing mistakes.' },
}

/** OpenAPI responses for codes: one per HTTP status, each code with an example. */
export function createErrorResponses(codes: readonly ErrorCode[]): Readonly<Record<string, unknown>> {
  const byStatus = Map.groupBy(codes, httpStatusOf)
  return Object.fromEntries(
    [...byStatus].toSorted(([a], [b]) => a - b).map(([status, told]) => [String(status), createErrorResponse(told)]),
  )
}

function createErrorResponse(codes: readonly ErrorCode[]): unknown {
  const retryable = codes.some((code) => ERROR_CATALOGUE[code].kind === 'too_many_requests')
  return {
    description: codes.map((code) => `- \`${code}\`: ${ERROR_CATALOGUE[code].message}`).join('\n'),
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(retryable ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: {
      'application/json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Failure' }, { properties: { code: { enum: codes } } }] },
        examples: Object.fromEntries(codes.map((code) => [code, { value: createErrorExample(code) }])),
      },
    },
  }
}

function createErrorExample(code: ErrorCode): unknown {
  const { kind, message } = ERROR_CATALOGUE[code]
  const details = DETAILS_EXAMPLES[code]
  return {
    success: false,
    error: message,
    code,
    request_id: REQUEST_ID,
    ...(details === undefined ? {} : { details }),
    ...(kind === 'too_many_requests' ? { retry_after: 15 } : {}),
  }
}
