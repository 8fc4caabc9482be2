import { TRPCClientError } from '@trpc/client'
import { expect, test } from 'vitest'
import { MaildockError } from './maildock-error.ts'
import { toMaildockError } from './to-maildock-error.ts'

test('returns a MaildockError as it is', () => {
  const error = new MaildockError('account.not_found', 'x')
  expect(toMaildockError(error)).toBe(error)
})

test('finds the one inside of what tRPC made of it', () => {
  const error = new MaildockError('client.network', 'x')
  expect(toMaildockError(TRPCClientError.from(error))).toBe(error)
  const event = Object.assign(new Event('error'), { cause: error })
  expect(toMaildockError(TRPCClientError.from(event))).toBe(error)
  const suppressed = Object.assign(new Error('disposed after a failure'), { error: event, suppressed: event })
  expect(toMaildockError(TRPCClientError.from(suppressed))).toBe(error)
})

test('reads an error of the server and keeps where it came from', () => {
  const shape = {
    message: 'Sign in first.',
    code: -32001,
    data: { httpStatus: 401, maildock: { code: 'session.missing', requestId: 'r' } },
  }
  const failure = TRPCClientError.from({ error: shape })
  expect(toMaildockError(failure)).toMatchObject({ code: 'session.missing', message: 'Sign in first.', httpStatus: 401, cause: failure })
})

test('an answer of a server without our error shape is an unexpected one', () => {
  const failure = TRPCClientError.from(
    { error: { message: 'x', code: -32603, data: { httpStatus: 500 } } },
    { meta: { response: new Response('', { status: 500 }) } },
  )
  expect(toMaildockError(failure)).toMatchObject({ code: 'client.unexpected_response', httpStatus: 500, cause: failure })
})

test('an abort is told as one, inside of tRPC or outside', () => {
  const abort = new DOMException('x', 'AbortError')
  expect(toMaildockError(abort)).toMatchObject({ code: 'client.aborted', cause: abort })
  expect(toMaildockError(TRPCClientError.from(abort))).toMatchObject({ code: 'client.aborted', cause: abort })
})

test.each([new TypeError('a fault'), 'text', null, undefined, 7])('never throws, not even for %s', (thrown) => {
  expect(toMaildockError(thrown)).toMatchObject({ code: 'client.unexpected' })
})

test('looks for its own error only so deep: a ring of causes ends', () => {
  const ring = new Error('ring')
  ring.cause = ring
  expect(toMaildockError(ring)).toMatchObject({ code: 'client.unexpected', message: 'ring' })
})
