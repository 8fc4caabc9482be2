import { describe, expect, test } from 'vitest'
import { listFieldErrors, listVerificationFailures, needsSignIn } from './error-reading.ts'
import { MaildockError } from './maildock-error.ts'

const imap = { code: 'imap.authentication_failed', protocol: 'imap', stage: 'auth', hint: 'Check the password.' } as const
const smtp = { code: 'host.timeout', protocol: 'smtp', stage: 'connect', hint: 'Check the port.', serverResponse: '421 busy' } as const

function failed({ code, ...details }: Readonly<Record<string, unknown>> & { readonly code: string }): MaildockError {
  return new MaildockError(code, 'A sentence.', { details })
}

describe('listVerificationFailures', () => {
  test('tells the one server that failed', () => {
    expect(listVerificationFailures(failed(imap))).toEqual([imap])
    expect(listVerificationFailures(failed(smtp))).toEqual([smtp])
  })

  test('tells both when both failed', () => {
    expect(listVerificationFailures(failed({ ...imap, failures: [imap, smtp] }))).toEqual([imap, smtp])
  })

  test('knows a cause of a newer server by its details', () => {
    const newer = { ...imap, code: 'imap.licence_expired' }
    expect(listVerificationFailures(failed(newer))).toEqual([newer])
  })

  test('falls back to the sentence of the error where there is no hint', () => {
    const error = failed({ code: 'host.timeout', protocol: 'imap', stage: 'dns' })
    expect(listVerificationFailures(error)).toEqual([{ code: 'host.timeout', protocol: 'imap', stage: 'dns', hint: 'A sentence.' }])
  })

  test.each([
    new MaildockError('host.timeout', 'x'),
    new MaildockError('session.missing', 'x', { details: { a: 1 } }),
    new Error('x'),
    undefined,
    'text',
  ])('is empty for %s', (error) => {
    expect(listVerificationFailures(error)).toEqual([])
  })
})

describe('listFieldErrors', () => {
  test('tells what is wrong with which field', () => {
    const details = { fieldErrors: { imapPort: ['A port is a number.'] }, formErrors: ['Too much.'] }
    expect(listFieldErrors(new MaildockError('validation.failed', 'x', { details }))).toEqual(details)
  })

  test.each([new MaildockError('validation.failed', 'x'), new MaildockError('host.timeout', 'x', { details: { formErrors: [1] } }), null])(
    'is empty for %s',
    (error) => {
      expect(listFieldErrors(error)).toEqual({ fieldErrors: {}, formErrors: [] })
    },
  )
})

test.each([
  ['session.missing', true],
  ['session.invalid', true],
  ['session.expired', true],
  ['sign_in.failed', false],
  ['service_key.invalid', false],
])('%s: signing in helps = %s', (code, helps) => {
  expect(needsSignIn(new MaildockError(code, 'x'))).toBe(helps)
})
