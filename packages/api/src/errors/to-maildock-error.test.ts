import { MaildockError } from '@maildock/core'
import { TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { toMaildockError } from './to-maildock-error.ts'

const zodError = z.object({ port: z.int() }).safeParse({ port: 'x' }).error

describe('reading what was thrown', () => {
  it('leaves our own errors as they are, also inside tRPC’s', () => {
    const error = new MaildockError('account.not_found')
    expect(toMaildockError(error)).toBe(error)
    expect(toMaildockError(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error }))).toBe(error)
  })

  it('calls failed input validation by its fields', () => {
    const error = toMaildockError(new TRPCError({ code: 'BAD_REQUEST', cause: zodError }))
    expect(error).toMatchObject({ code: 'validation.failed', details: { fieldErrors: { port: [expect.any(String)] } } })
  })

  it('calls failed output validation a fault of ours: it says nothing about the caller', () => {
    expect(toMaildockError(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: zodError })).code).toBe('internal.error')
    expect(toMaildockError(zodError).code).toBe('internal.error')
  })

  it.each([
    ['PARSE_ERROR', 'request.malformed'],
    ['BAD_REQUEST', 'request.malformed'],
    ['NOT_FOUND', 'route.not_found'],
    ['METHOD_NOT_SUPPORTED', 'route.method_not_allowed'],
    ['PAYLOAD_TOO_LARGE', 'request.too_large'],
    ['UNSUPPORTED_MEDIA_TYPE', 'request.unsupported_media_type'],
    ['INTERNAL_SERVER_ERROR', 'internal.error'],
    ['CLIENT_CLOSED_REQUEST', 'internal.error'],
  ] as const)('reads tRPC’s own %s as %s', (code, expected) => {
    expect(toMaildockError(new TRPCError({ code })).code).toBe(expected)
  })

  it.each([[new Error('secret')], ['secret'], [null], [undefined], [{ message: 'secret' }]])(
    'keeps %s for the log and out of the answer',
    (thrown) => {
      const error = toMaildockError(thrown)
      expect(error.code).toBe('internal.error')
      expect(error.cause).toBe(thrown)
      expect(JSON.stringify({ message: error.message, details: error.details })).not.toContain('secret')
    },
  )
})
