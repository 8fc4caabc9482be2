import { describe, expect, test } from 'vitest'
import { ServerRefusal } from '../refusal.ts'
import type { FaultContext } from '../translate-link-error.ts'
import { ConnectionLost, ProtocolViolation } from '../wire/line-stream.ts'
import { parseSmtpReply } from './smtp-reply.ts'
import { translateSmtpError } from './translate-smtp-error.ts'

const CONTEXT: FaultContext = { host: 'mail.example.org', stage: 'auth', timedOut: false, secretForms: ['hunter2-secret'] }

describe('translateSmtpError', () => {
  test.each([
    ['535 5.7.8 no', 'smtp.authentication_failed', 'credential'],
    ['454 4.7.0 Temporary authentication failure', 'upstream.unavailable', 'transient'],
    ['421 4.7.0 Try again later', 'upstream.rate_limited', 'throttle'],
  ] as const)('a refusal with %j is %s, %s', (reply, code, faultClass) => {
    const fault = translateSmtpError(new ServerRefusal(parseSmtpReply(reply)), CONTEXT)
    expect(fault).toMatchObject({ code, class: faultClass, serverResponse: reply })
  })

  test('what is no reply is told with what was said, without the password', () => {
    const fault = translateSmtpError(new ProtocolViolation('not an SMTP reply', 'HTTP/1.1 400 hunter2-secret'), CONTEXT)
    expect(fault).toMatchObject({ code: 'protocol.unexpected_greeting', class: 'protocol', serverResponse: 'HTTP/1.1 400 [removed]' })
  })

  // Finding 3: the stage is ours.
  test.each(['greeting', 'tls', 'auth', 'ready'] as const)('tells a link that broke at %s by our own stage', (stage) => {
    const fault = translateSmtpError(new ConnectionLost('closed'), { ...CONTEXT, stage })
    expect(fault).toMatchObject({ stage, code: 'upstream.unavailable', class: 'transient' })
  })

  test('our own deadline explains everything', () => {
    const fault = translateSmtpError(new ServerRefusal({ replyCode: 535, text: 'no' }), { ...CONTEXT, timedOut: true })
    expect(fault).toMatchObject({ code: 'host.timeout' })
  })

  test('leaves a fault as it is', () => {
    const fault = translateSmtpError(new ConnectionLost('closed'), CONTEXT)
    expect(translateSmtpError(fault, { ...CONTEXT, timedOut: true })).toBe(fault)
  })
})
