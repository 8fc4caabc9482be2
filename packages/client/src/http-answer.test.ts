import { describe, expect, test } from 'vitest'
import { parseAnswer, readEnvelopeError, readFailure, readProcedureError, readRetryAfter } from './http-answer.ts'

const NOW = Date.parse('2026-01-15T10:00:00Z')

test.each([
  [null, undefined],
  ['120', 120],
  [' 0 ', 0],
  ['Thu, 15 Jan 2026 10:00:30 GMT', 30],
  ['Thu, 15 Jan 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  ['99999999999999999999', undefined],
])('Retry-After %j is %j seconds', (header, seconds) => {
  expect(readRetryAfter(header, NOW)).toBe(seconds)
})

const meta = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) })

const shape = (maildock: unknown) => ({ message: 'There is no such account.', data: { httpStatus: 404, maildock } })

describe('an error of a procedure', () => {
  test('carries what the server told', () => {
    const told = { code: 'account.not_found', requestId: 'r-1', details: { id: 'x' }, retryAfter: 7 }
    expect(readProcedureError(shape(told), undefined)).toMatchObject({
      code: 'account.not_found',
      message: 'There is no such account.',
      httpStatus: 404,
      requestId: 'r-1',
      details: { id: 'x' },
      retryAfterSeconds: 7,
    })
  })

  test('takes request id and waiting time from the headers where the body has none', () => {
    const error = readProcedureError(shape({ code: 'rate.limited' }), meta(429, { 'x-request-id': 'r-2', 'retry-after': '9' }))
    expect(error).toMatchObject({ requestId: 'r-2', retryAfterSeconds: 9 })
  })

  test('keeps a code it does not know', () => {
    expect(readProcedureError(shape({ code: 'account.frozen', requestId: 'r' }), undefined)?.code).toBe('account.frozen')
  })

  test.each([undefined, null, 'text', [], {}, { data: {} }, { data: { maildock: { code: 7 } } }])('is not read out of %j', (foreign) => {
    expect(readProcedureError(foreign, undefined)).toBeUndefined()
  })
})

test('a refusal in the REST envelope is read like any other', () => {
  const body = { success: false, error: 'Too large.', code: 'request.too_large', request_id: 'r-3', retry_after: 2, details: { a: 1 } }
  expect(readEnvelopeError(body, meta(413))).toMatchObject({
    code: 'request.too_large',
    message: 'Too large.',
    httpStatus: 413,
    requestId: 'r-3',
    retryAfterSeconds: 2,
    details: { a: 1 },
  })
  expect(readEnvelopeError({ success: true, code: 'x' }, meta(200))).toBeUndefined()
})

describe('parseAnswer', () => {
  test.each(['{"result":{"data":{}}}', '{"error":{"json":{}}}'])('passes %s on to tRPC', (text) => {
    expect(parseAnswer(text, meta(200))).toEqual(JSON.parse(text))
  })

  test.each(['<html>', '', '{"result":', 'null', '[]', '"result"', '{}', '{"error":"no"}', '{"result":null}'])(
    'refuses %j as no answer of a Maildock',
    (text) => {
      expect(() => parseAnswer(text, meta(502, { 'x-request-id': 'r-4' }))).toThrow(
        expect.objectContaining({ code: 'client.unexpected_response', httpStatus: 502, requestId: 'r-4' }),
      )
    },
  )

  test('throws the error of a REST envelope', () => {
    const text = '{"success":false,"code":"request.origin_not_allowed","error":"No.","request_id":"r"}'
    expect(() => parseAnswer(text, meta(403))).toThrow(expect.objectContaining({ code: 'request.origin_not_allowed', httpStatus: 403 }))
  })
})

describe('readFailure', () => {
  test('reads the tRPC envelope of a refused stream', () => {
    const text = '{"error":{"json":{"message":"Sign in.","data":{"httpStatus":401,"maildock":{"code":"session.missing","requestId":"r"}}}}}'
    expect(readFailure(text, meta(401))).toMatchObject({ code: 'session.missing', httpStatus: 401 })
  })

  test.each(['<html>', '{"error":{"json":{}}}', '{"error":{}}', '{"result":{"data":1}}'])('never throws, not even for %j', (text) => {
    expect(readFailure(text, meta(500))).toMatchObject({ code: 'client.unexpected_response', httpStatus: 500 })
  })
})
