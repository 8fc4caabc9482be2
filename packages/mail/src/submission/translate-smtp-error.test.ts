import { describe, expect, test } from 'vitest'
import { ServerRefusal } from '../refusal.ts'
import type { FaultContext } from '../translate-link-error.ts'
import { translateSmtpError } from './translate-smtp-error.ts'

const CONTEXT: FaultContext = { host: 'mail.example.org', stage: 'auth', timedOut: false, secretForms: ['hunter2-secret'] }

/** An error as nodemailer makes it. */
function foreign(properties: Record<string, unknown>): Error {
  return Object.assign(new Error('failed'), properties)
}

describe('translateSmtpError', () => {
  test.each([
    [{ code: 'EAUTH', response: '535 5.7.8 no' }, 'smtp.authentication_failed', 'credential', '535 5.7.8 no'],
    [
      { code: 'EAUTH', response: '454 4.7.0 Temporary authentication failure' },
      'upstream.unavailable',
      'transient',
      '454 4.7.0 Temporary authentication failure',
    ],
    [{ code: 'ECONNECTION', response: '421 4.7.0 Try again later' }, 'upstream.rate_limited', 'throttle', '421 4.7.0 Try again later'],
    [{ code: 'EPROTOCOL', response: 'HTTP/1.1 400 Bad Request' }, 'protocol.unexpected_greeting', 'protocol', 'HTTP/1.1 400 Bad Request'],
    [{ code: 'EPROTOCOL' }, 'protocol.unexpected_greeting', 'protocol', undefined],
    [{ code: 'ECONNECTION' }, 'upstream.unavailable', 'transient', undefined],
    [{ code: 'ESOCKET' }, 'upstream.unavailable', 'transient', undefined],
    [{}, 'upstream.unavailable', 'transient', undefined],
  ] as const)('%j is %s, %s', (properties, code, faultClass, serverResponse) => {
    expect(translateSmtpError(foreign(properties), CONTEXT)).toMatchObject({ code, class: faultClass, serverResponse })
  })

  // Finding 3: the same error at every stage, so the stage is ours.
  test.each(['greeting', 'tls', 'auth', 'ready'] as const)('tells a link that broke at %s by our own stage', (stage) => {
    expect(translateSmtpError(foreign({ code: 'ESOCKET', command: 'CONN' }), { ...CONTEXT, stage })).toMatchObject({
      stage,
      class: 'transient',
    })
  })

  test('reads our own refusal by its facts, whatever the library wrote on it', () => {
    const refusal = Object.assign(new ServerRefusal({ replyCode: 535, text: 'no' }), { response: '250 ok hunter2-secret', code: 'EAUTH' })
    expect(translateSmtpError(refusal, CONTEXT)).toMatchObject({ code: 'smtp.authentication_failed', serverResponse: '535 no' })
  })

  test('our own deadline explains everything', () => {
    expect(translateSmtpError(foreign({ response: '535 no' }), { ...CONTEXT, timedOut: true })).toMatchObject({ code: 'host.timeout' })
  })
})
