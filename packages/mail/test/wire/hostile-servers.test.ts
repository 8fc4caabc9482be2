import type { MailProtocol, TlsMode, VerificationFailure } from '@maildock/core'
import { drip, expectCommand, expectLine, expectOctets, flood, hangUp, reset, send, startTls, type Step } from '@maildock/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { CANARY, createWireStand, IMAP_GREETING, SMTP_EHLO, SMTP_GREETING, verifyScripted, type WireStand } from './verify-scripted.ts'

let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})

type Expected = Pick<VerificationFailure, 'code' | 'stage'>

interface Threat {
  readonly what: string
  readonly protocol: MailProtocol
  readonly tls: TlsMode
  readonly steps: readonly Step[]
  readonly expected: Expected
  /** Set for servers that would never end; then the deadline has to. */
  readonly deadlineMs?: number
}

const HTTP = send('HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\n')
/** Long enough for a busy machine to come as far as the stage the row names, and for the honest server beside it. */
const SHORT = 2_000

function both(what: string, tls: TlsMode, steps: readonly Step[], expected: Expected, deadlineMs?: number): readonly Threat[] {
  const limit = deadlineMs === undefined ? {} : { deadlineMs }
  return (['imap', 'smtp'] as const).map((protocol) => ({ what, protocol, tls, steps, expected, ...limit }))
}

function imap(what: string, tls: TlsMode, steps: readonly Step[], expected: Expected, deadlineMs?: number): Threat {
  return { what, protocol: 'imap', tls, steps, expected, ...(deadlineMs === undefined ? {} : { deadlineMs }) }
}

function smtp(what: string, tls: TlsMode, steps: readonly Step[], expected: Expected, deadlineMs?: number): Threat {
  return { what, protocol: 'smtp', tls, steps, expected, ...(deadlineMs === undefined ? {} : { deadlineMs }) }
}

const ASKS_CAPABILITY: readonly Step[] = [send('* OK ready\r\n'), expectCommand('CAPABILITY')]
const WANTS_LOGIN: readonly Step[] = [IMAP_GREETING, expectCommand('AUTHENTICATE PLAIN')]
const WANTS_AUTH: readonly Step[] = [SMTP_GREETING, ...SMTP_EHLO, expectLine(/^AUTH PLAIN /u)]

const THREATS: readonly Threat[] = [
  // Greeting
  ...both('says nothing', 'implicit', [], { code: 'host.timeout', stage: 'greeting' }, SHORT),
  ...both('says nothing in clear', 'starttls', [], { code: 'host.timeout', stage: 'greeting' }, SHORT),
  ...both(
    'drips a greeting, one octet at a time',
    'implicit',
    [drip('* OK 220 ready '.repeat(1000), 20)],
    { code: 'host.timeout', stage: 'greeting' },
    SHORT,
  ),
  ...both('speaks HTTP over TLS', 'implicit', [HTTP, hangUp], { code: 'protocol.unexpected_greeting', stage: 'greeting' }),
  ...both('speaks HTTP in clear', 'starttls', [HTTP, hangUp], { code: 'protocol.unexpected_greeting', stage: 'greeting' }),
  ...both('sends random octets', 'implicit', [send(Uint8Array.from({ length: 500 }, (_, index) => (index * 7919) % 256)), send('\r\n')], {
    code: 'protocol.unexpected_greeting',
    stage: 'greeting',
  }),
  ...both('hangs up before the greeting', 'implicit', [hangUp], { code: 'upstream.unavailable', stage: 'greeting' }),
  ...both('hangs up before the greeting, in clear', 'starttls', [hangUp], { code: 'upstream.unavailable', stage: 'greeting' }),
  ...both('hangs up in mid greeting', 'implicit', [send('* O'), hangUp], { code: 'upstream.unavailable', stage: 'greeting' }),
  ...both('sends a line without end', 'implicit', [flood('x', 4_000_000)], { code: 'protocol.unexpected_greeting', stage: 'greeting' }),
  ...both('sends a line without end, in clear', 'starttls', [flood('x', 4_000_000)], {
    code: 'protocol.unexpected_greeting',
    stage: 'greeting',
  }),
  smtp('sends a greeting without end', 'implicit', [flood('220-hello\r\n', 4_000_000)], {
    code: 'protocol.unexpected_greeting',
    stage: 'greeting',
  }),
  imap('greets with BYE', 'implicit', [send('* BYE Too busy, go away\r\n')], { code: 'upstream.unavailable', stage: 'greeting' }),
  imap('greets with BYE for too many connections', 'implicit', [send('* BYE Too many connections from your IP\r\n')], {
    code: 'upstream.rate_limited',
    stage: 'greeting',
  }),
  imap('greets with PREAUTH over TLS', 'implicit', [send('* PREAUTH [CAPABILITY IMAP4rev1] welcome ada\r\n')], {
    code: 'protocol.unexpected_greeting',
    stage: 'greeting',
  }),
  imap('greets with PREAUTH in clear', 'starttls', [send('* PREAUTH [CAPABILITY IMAP4rev1] welcome ada\r\n')], {
    code: 'protocol.unexpected_greeting',
    stage: 'greeting',
  }),
  imap('greets like SMTP', 'implicit', [SMTP_GREETING], { code: 'protocol.unexpected_greeting', stage: 'greeting' }),
  imap('greets like POP3', 'implicit', [send('+OK POP3 ready\r\n')], { code: 'protocol.unexpected_greeting', stage: 'greeting' }),
  smtp('greets like IMAP', 'implicit', [IMAP_GREETING], { code: 'protocol.unexpected_greeting', stage: 'greeting' }),
  smtp('greets with 421', 'implicit', [send('421 4.3.2 Service not available\r\n')], { code: 'upstream.unavailable', stage: 'greeting' }),
  smtp('greets with 554', 'implicit', [send('554 5.7.1 No SMTP service here\r\n')], { code: 'upstream.unavailable', stage: 'greeting' }),
  smtp('greets with 250', 'implicit', [send('250 hello\r\n')], { code: 'protocol.unexpected_greeting', stage: 'greeting' }),

  // STARTTLS
  imap('answers STARTTLS with NO', 'starttls', [send('* OK ready\r\n'), expectCommand('STARTTLS'), send('{tag} NO not today\r\n')], {
    code: 'tls.unsupported',
    stage: 'tls',
  }),
  imap('answers STARTTLS with BAD', 'starttls', [send('* OK ready\r\n'), expectCommand('STARTTLS'), send('{tag} BAD unknown\r\n')], {
    code: 'tls.unsupported',
    stage: 'tls',
  }),
  imap('answers STARTTLS with BYE', 'starttls', [send('* OK ready\r\n'), expectCommand('STARTTLS'), send('* BYE\r\n'), hangUp], {
    code: 'upstream.unavailable',
    stage: 'tls',
  }),
  imap(
    'injects text with the answer to STARTTLS',
    'starttls',
    [send('* OK ready\r\n'), expectCommand('STARTTLS'), send('{tag} OK begin\r\n* OK [ALERT] injected\r\n'), startTls],
    { code: 'protocol.unexpected_greeting', stage: 'tls' },
  ),
  imap(
    'claims in clear that the login is done',
    'starttls',
    [send('* OK ready\r\n'), expectCommand('STARTTLS'), send('M2 OK logged in\r\n')],
    { code: 'protocol.unexpected_greeting', stage: 'tls' },
  ),
  imap(
    'never answers STARTTLS',
    'starttls',
    [send('* OK ready\r\n'), expectCommand('STARTTLS')],
    { code: 'host.timeout', stage: 'tls' },
    SHORT,
  ),
  imap('hangs up at STARTTLS', 'starttls', [send('* OK ready\r\n'), expectCommand('STARTTLS'), hangUp], {
    code: 'upstream.unavailable',
    stage: 'tls',
  }),
  imap('resets the connection at STARTTLS', 'starttls', [send('* OK ready\r\n'), expectCommand('STARTTLS'), reset], {
    code: 'upstream.unavailable',
    stage: 'tls',
  }),
  imap(
    'goes on in clear after STARTTLS',
    'starttls',
    [send('* OK ready\r\n'), expectCommand('STARTTLS'), send('{tag} OK begin\r\n'), expectOctets, send('* OK ready again\r\n')],
    { code: 'protocol.unexpected_greeting', stage: 'tls' },
    2000,
  ),
  smtp('does not know STARTTLS', 'starttls', [SMTP_GREETING, ...SMTP_EHLO, expectLine(/^STARTTLS$/u), send('502 5.5.1 unknown\r\n')], {
    code: 'tls.unsupported',
    stage: 'tls',
  }),
  smtp(
    'has no TLS for now',
    'starttls',
    [SMTP_GREETING, ...SMTP_EHLO, expectLine(/^STARTTLS$/u), send('454 4.3.0 TLS not available\r\n')],
    { code: 'upstream.unavailable', stage: 'tls' },
  ),
  smtp('knows no EHLO', 'starttls', [SMTP_GREETING, expectLine(/^EHLO /u), send('502 unknown\r\n')], {
    code: 'tls.unsupported',
    stage: 'tls',
  }),
  smtp(
    'injects text with the answer to STARTTLS',
    'starttls',
    [SMTP_GREETING, ...SMTP_EHLO, expectLine(/^STARTTLS$/u), send('220 begin\r\n250 AUTH PLAIN\r\n'), startTls],
    { code: 'protocol.unexpected_greeting', stage: 'tls' },
  ),
  smtp('sends an EHLO without end', 'starttls', [SMTP_GREETING, expectLine(/^EHLO /u), flood('250-X\r\n', 4_000_000)], {
    code: 'protocol.unexpected_greeting',
    stage: 'greeting',
  }),

  // Login
  imap('hangs up at CAPABILITY', 'implicit', [...ASKS_CAPABILITY, hangUp], { code: 'upstream.unavailable', stage: 'greeting' }),
  // No password was sent: this is no refused login.
  imap('refuses CAPABILITY', 'implicit', [...ASKS_CAPABILITY, send('{tag} NO not now\r\n')], {
    code: 'upstream.unavailable',
    stage: 'greeting',
  }),
  imap('does not know CAPABILITY', 'implicit', [...ASKS_CAPABILITY, send('{tag} BAD unknown command\r\n')], {
    code: 'protocol.unexpected_greeting',
    stage: 'greeting',
  }),
  imap('answers CAPABILITY without end', 'implicit', [...ASKS_CAPABILITY, flood('* CAPABILITY A B C\r\n', 4_000_000)], {
    code: 'protocol.unexpected_greeting',
    stage: 'greeting',
  }),
  imap('hangs up at the login', 'implicit', [...WANTS_LOGIN, hangUp], { code: 'upstream.unavailable', stage: 'auth' }),
  imap('never answers the login', 'implicit', WANTS_LOGIN, { code: 'host.timeout', stage: 'auth' }, SHORT),
  imap(
    'drips the answer to the login',
    'implicit',
    [...WANTS_LOGIN, drip('* OK still working on it\r\n'.repeat(1000), 10)],
    { code: 'host.timeout', stage: 'auth' },
    SHORT,
  ),
  imap('asks again and again in SASL', 'implicit', [...WANTS_LOGIN, send('+ \r\n'), expectLine(/^\*$/u), send('+ \r\n')], {
    code: 'protocol.unexpected_greeting',
    stage: 'auth',
  }),
  imap(
    'asks once too often in SASL, then refuses',
    'implicit',
    [...WANTS_LOGIN, send('+ \r\n'), expectLine(/^\*$/u), send('{tag} NO cancelled\r\n')],
    { code: 'imap.authentication_failed', stage: 'auth' },
  ),
  imap('says BYE at the login', 'implicit', [...WANTS_LOGIN, send('* BYE Temporary problem\r\n')], {
    code: 'upstream.unavailable',
    stage: 'auth',
  }),
  imap('answers the login with another tag', 'implicit', [...WANTS_LOGIN, send('X1 OK welcome\r\n')], {
    code: 'protocol.unexpected_greeting',
    stage: 'auth',
  }),
  imap('answers the login with a tagged BYE', 'implicit', [...WANTS_LOGIN, send('{tag} BYE welcome\r\n')], {
    code: 'upstream.unavailable',
    stage: 'auth',
  }),
  imap('answers the login with a tagged PREAUTH', 'implicit', [...WANTS_LOGIN, send('{tag} PREAUTH welcome\r\n')], {
    code: 'imap.authentication_failed',
    stage: 'auth',
  }),
  imap('sends a literal bomb', 'implicit', [...WANTS_LOGIN, send('* X {4294967295}\r\n'), flood('x', 4_000_000)], {
    code: 'protocol.unexpected_greeting',
    stage: 'auth',
  }),
  imap('announces an absurd literal', 'implicit', [...WANTS_LOGIN, send('* X {99999999999999999999}\r\n{tag} NO no\r\n')], {
    code: 'imap.authentication_failed',
    stage: 'auth',
  }),
  imap('sends a line without end at the login', 'implicit', [...WANTS_LOGIN, flood('x', 4_000_000)], {
    code: 'protocol.unexpected_greeting',
    stage: 'auth',
  }),
  imap('offers no login with a password', 'implicit', [send('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2] ready\r\n')], {
    code: 'imap.authentication_failed',
    stage: 'auth',
  }),
  imap('hangs up at LIST', 'implicit', [...WANTS_LOGIN, send('{tag} OK in\r\n'), expectCommand('LIST'), hangUp], {
    code: 'upstream.unavailable',
    stage: 'ready',
  }),
  imap(
    'accepts a login to a mailbox that is not there',
    'implicit',
    [...WANTS_LOGIN, send('{tag} OK in\r\n'), expectCommand('LIST'), send('{tag} BAD User is authenticated but not connected.\r\n')],
    { code: 'imap.authentication_failed', stage: 'ready' },
  ),
  smtp('hangs up at EHLO', 'implicit', [SMTP_GREETING, expectLine(/^EHLO /u), hangUp], { code: 'upstream.unavailable', stage: 'auth' }),
  smtp('hangs up at AUTH', 'implicit', [...WANTS_AUTH, hangUp], { code: 'upstream.unavailable', stage: 'auth' }),
  smtp('never answers AUTH', 'implicit', WANTS_AUTH, { code: 'host.timeout', stage: 'auth' }, SHORT),
  smtp(
    'drips the answer to AUTH',
    'implicit',
    [...WANTS_AUTH, drip('235-x\r\n'.repeat(1000), 10)],
    { code: 'host.timeout', stage: 'auth' },
    SHORT,
  ),
  smtp(
    'asks again and again in SASL',
    'implicit',
    [...WANTS_AUTH, send('334 \r\n'), expectLine(/^\S+$/u), send('334 \r\n'), expectLine(/^\*$/u), send('501 aborted\r\n')],
    { code: 'smtp.authentication_failed', stage: 'auth' },
  ),
  smtp('sends a line without end at AUTH', 'implicit', [...WANTS_AUTH, flood('x', 4_000_000)], {
    code: 'protocol.unexpected_greeting',
    stage: 'auth',
  }),
  smtp(
    'offers no login with a password',
    'implicit',
    [SMTP_GREETING, expectLine(/^EHLO /u), send('250-mail.test\r\n250 AUTH XOAUTH2\r\n')],
    { code: 'smtp.authentication_failed', stage: 'auth' },
  ),
  smtp('offers no login at all', 'implicit', [SMTP_GREETING, expectLine(/^EHLO /u), send('250 mail.test\r\n')], {
    code: 'smtp.authentication_failed',
    stage: 'auth',
  }),
  smtp('hangs up at RSET', 'implicit', [...WANTS_AUTH, send('235 in\r\n'), expectLine(/^RSET$/u), hangUp], {
    code: 'upstream.unavailable',
    stage: 'ready',
  }),
]

describe('a server that', () => {
  test.each(THREATS)('$what ($protocol, $tls)', async ({ protocol, tls, steps, expected, deadlineMs = 5000 }) => {
    const { failure, server, elapsedMs } = await verifyScripted(stand, {
      protocol,
      tls,
      steps,
      deadlineMs,
      implicitTls: tls === 'implicit',
    })
    expect(failure).toMatchObject({ protocol, ...expected })
    expect(failure?.hint).not.toBe('')
    expect(elapsedMs).toBeLessThan(deadlineMs + 5_000)
    // What went over the wire in clear holds neither the name nor the password, in no form.
    const clear = server.clear.toString('latin1')
    expect(clear).not.toMatch(/canary|ada|AUTH PLAIN|LOGIN/iu)
    expect(clear).not.toContain(Buffer.from(CANARY).toString('base64'))
    expect(JSON.stringify(failure)).not.toContain('canary')
  })
})
