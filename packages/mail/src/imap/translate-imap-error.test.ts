import { describe, expect, test } from 'vitest'
import { MailFault } from '../mail-fault.ts'
import type { FaultContext } from '../translate-link-error.ts'
import { ConnectionLost } from '../wire/line-stream.ts'
import { translateImapError } from './translate-imap-error.ts'

const CONTEXT: FaultContext = { host: 'mail.example.org', stage: 'ready', timedOut: false, secretForms: ['hunter2-secret'] }

/** An error as imapflow makes it. */
function foreign(properties: Record<string, unknown>): Error {
  return Object.assign(new Error('Command failed'), properties)
}

/** The parsed tagged response imapflow leaves on an error. */
function parsed(code: string) {
  return { tag: 'A1', command: 'NO', attributes: [{ type: 'ATOM', value: '', section: [{ type: 'ATOM', value: code }] }] }
}

// C1-C12 of the fault list: each code at SELECT and FETCH, in the two ways the library leaves it on its errors.
const CODES = [
  ['UNAVAILABLE', 'upstream.unavailable', 'transient'],
  ['AUTHENTICATIONFAILED', 'imap.authentication_failed', 'credential'],
  ['AUTHORIZATIONFAILED', 'sync.permission_denied', 'permission'],
  ['EXPIRED', 'imap.authentication_failed', 'credential'],
  ['PRIVACYREQUIRED', 'tls.unsupported', 'tls'],
  ['CONTACTADMIN', 'imap.authentication_failed', 'account'],
  ['NOPERM', 'sync.permission_denied', 'permission'],
  ['INUSE', 'upstream.unavailable', 'transient'],
  ['LIMIT', 'upstream.rate_limited', 'throttle'],
  ['OVERQUOTA', 'upstream.rate_limited', 'throttle'],
  ['SERVERBUG', 'upstream.unavailable', 'transient'],
  ['CORRUPTION', 'sync.server_error', 'mailbox'],
  ['CANNOT', 'sync.server_error', 'mailbox'],
  ['NONEXISTENT', 'sync.server_error', 'mailbox'],
  ['CLIENTBUG', 'sync.server_error', 'protocol'],
  ['SOMETHING-NEW', 'upstream.unavailable', 'transient'],
] as const

describe('a refused command', () => {
  test.each(CODES)('with [%s] is %s, %s', (code, expected, faultClass) => {
    const ways = [
      foreign({ responseStatus: 'NO', serverResponseCode: code, responseText: 'said so' }),
      foreign({ responseStatus: 'NO', response: parsed(code.toLowerCase()), responseText: 'said so' }),
    ]
    for (const error of ways) {
      expect(translateImapError(error, CONTEXT)).toMatchObject({
        code: expected,
        class: faultClass,
        stage: 'ready',
        serverResponse: `NO [${code}] said so`,
      })
    }
  })

  // Finding 2: the library sets this for "try again later" as well.
  test('is not judged by authenticationFailed', () => {
    const error = foreign({ responseStatus: 'NO', serverResponseCode: 'UNAVAILABLE', responseText: 'later', authenticationFailed: true })
    expect(translateImapError(error, { ...CONTEXT, stage: 'auth' })).toMatchObject({ code: 'upstream.unavailable', class: 'transient' })
  })
})

describe('other failures of the library', () => {
  test.each([
    [{ code: 'NoConnection' }, 'upstream.unavailable', 'transient', undefined],
    [{ code: 'NoConnection', reason: 'Too many connections' }, 'upstream.rate_limited', 'throttle', 'BYE Too many connections'],
    [{ code: 'EConnectionClosed' }, 'upstream.unavailable', 'transient', undefined],
    [{ code: 'ECONNRESET' }, 'upstream.unavailable', 'transient', undefined],
    [{ code: 'ETIMEOUT' }, 'host.timeout', 'transient', undefined],
    [{ code: 'GREETING_TIMEOUT' }, 'host.timeout', 'transient', undefined],
    [{ code: 'LineTooLarge' }, 'sync.server_error', 'protocol', undefined],
    [{ code: 'LiteralTooLarge' }, 'sync.server_error', 'protocol', undefined],
    [{ code: 'ResponseTooLarge' }, 'sync.server_error', 'protocol', undefined],
    [{ code: 'TooManyTokens' }, 'sync.server_error', 'protocol', undefined],
    [{ code: 'ParserError11' }, 'sync.server_error', 'protocol', undefined],
    [
      { code: 'ETHROTTLE', responseStatus: 'BAD', responseText: 'Request is throttled. Suggested Backoff Time: 92415 milliseconds' },
      'upstream.rate_limited',
      'throttle',
      'BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds',
    ],
    [{}, 'upstream.unavailable', 'transient', undefined],
  ] as const)('%j is %s, %s', (properties, code, faultClass, serverResponse) => {
    expect(translateImapError(foreign(properties), CONTEXT)).toMatchObject({ code, class: faultClass, serverResponse })
  })

  test('our own deadline explains everything', () => {
    const error = foreign({ responseStatus: 'NO', responseText: 'whatever' })
    expect(translateImapError(error, { ...CONTEXT, timedOut: true })).toMatchObject({ code: 'host.timeout' })
  })

  test('a fault stays what it is', () => {
    const fault = new MailFault({ code: 'host.timeout', stage: 'auth', class: 'transient', hint: 'x' })
    expect(translateImapError(fault, CONTEXT)).toBe(fault)
  })

  test.each([undefined, null, 'text', 42, {}])('%j is survived', (thrown) => {
    expect(translateImapError(thrown, CONTEXT)).toMatchObject({ name: 'MailFault', class: 'transient' })
  })

  test('the cause is kept for the log, without the secret', () => {
    const fault = translateImapError(
      new ConnectionLost('gone', { cause: foreign({ code: 'ECONNRESET', message: 'x hunter2-secret' }) }),
      CONTEXT,
    )
    expect(fault.cause).toMatchObject({ name: 'ConnectionLost', cause: { code: 'ECONNRESET', message: 'x [removed]' } })
  })
})
