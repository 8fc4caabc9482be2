import { describe, expect, expectTypeOf, test } from 'vitest'
import type { ErrorDetails, ValidationDetails } from './error-details.ts'
import { isMaildockError, MaildockError } from './maildock-error.ts'

describe('a MaildockError', () => {
  test('keeps what it is given', () => {
    const cause = new Error('below')
    const error = new MaildockError('rate.limited', 'Wait.', {
      httpStatus: 429,
      requestId: 'r',
      details: { a: 1 },
      retryAfterSeconds: 3,
      cause,
    })
    expect(error).toMatchObject({ name: 'MaildockError', code: 'rate.limited', message: 'Wait.', httpStatus: 429, requestId: 'r', cause })
    expect(error).toMatchObject({ details: { a: 1 }, retryAfterSeconds: 3 })
    expect(error).toBeInstanceOf(Error)
  })

  test('has no cause where there is none, so that logs do not show one', () => {
    expect('cause' in new MaildockError('client.timeout', 'Late.')).toBe(false)
  })
})

describe('isMaildockError', () => {
  const error: unknown = new MaildockError('validation.failed', 'No.', { details: { fieldErrors: { email: ['?'] }, formErrors: [] } })

  test('knows its own, and nothing else', () => {
    expect(isMaildockError(error)).toBe(true)
    for (const other of [new Error('x'), { name: 'MaildockError', code: 'x' }, null, undefined, 'validation.failed', 7]) {
      expect(isMaildockError(other)).toBe(false)
    }
  })

  test('asks for one code or several', () => {
    expect(isMaildockError(error, 'validation.failed')).toBe(true)
    expect(isMaildockError(error, 'session.missing', 'validation.failed')).toBe(true)
    expect(isMaildockError(error, 'session.missing')).toBe(false)
    const codeOfANewerServer: string = 'validation.failed'
    expect(isMaildockError(error, codeOfANewerServer)).toBe(true)
  })

  test('knows the error of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { code: 'client.timeout', [Symbol.for('@maildock/client/error')]: true })
    expect(isMaildockError(foreign, 'client.timeout')).toBe(true)
  })

  test('narrows code and details', () => {
    if (isMaildockError(error, 'validation.failed')) {
      expectTypeOf(error.code).toEqualTypeOf<'validation.failed'>()
      expectTypeOf(error.details).toExtend<ValidationDetails>()
    }
    if (isMaildockError(error, 'host.timeout')) {
      expectTypeOf(error.details.protocol).toEqualTypeOf<'imap' | 'smtp'>()
    }
    if (isMaildockError(error)) {
      expectTypeOf(error.details).toEqualTypeOf<ErrorDetails | undefined>()
    }
  })
})
