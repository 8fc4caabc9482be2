import { expectCommand, expectLine, send, type Step } from '@maildock/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { createWireStand, SMTP_GREETING, verifyScripted, type WireStand } from './verify-scripted.ts'

let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})

// Every character here is special somewhere: in a quoted string, in a literal, in base64, on a line.
const PASSWORD = 'p"a\\ss w\u00f6rd \u4e2d{3}+='
const ASCII_PASSWORD = 'p"a\\ss {3}'
const PLAIN = Buffer.from(`\0ada\0${PASSWORD}`).toString('base64')
const USER_BASE64 = Buffer.from('ada').toString('base64')
const PASSWORD_BASE64 = Buffer.from(PASSWORD).toString('base64')
/** The octets of the password, one character each, as the scripted server reads lines. */
const PASSWORD_OCTETS = Buffer.from(PASSWORD).toString('latin1')

const LIST: readonly Step[] = [expectCommand('LIST'), send('{tag} OK done\r\n')]
const OK = send('{tag} OK in\r\n')

interface Dialogue {
  readonly what: string
  readonly steps: readonly Step[]
  /** What the server must have read, octet by octet, without tags. */
  readonly lines: readonly string[]
  readonly password?: string
}

const IMAP: readonly Dialogue[] = [
  {
    what: 'SASL-IR: the message rides on the command',
    steps: [send('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n'), expectCommand('AUTHENTICATE'), OK, ...LIST],
    lines: [`AUTHENTICATE PLAIN ${PLAIN}`, 'LIST "" ""'],
  },
  {
    what: 'no SASL-IR: the message waits for the continuation',
    steps: [
      send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n'),
      expectCommand('AUTHENTICATE'),
      send('+ \r\n'),
      expectLine(/^/u),
      OK,
      ...LIST,
    ],
    lines: ['AUTHENTICATE PLAIN', PLAIN, 'LIST "" ""'],
  },
  {
    what: 'a continuation without the space',
    steps: [
      send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n'),
      expectCommand('AUTHENTICATE'),
      send('+\r\n'),
      expectLine(/^/u),
      OK,
      ...LIST,
    ],
    lines: ['AUTHENTICATE PLAIN', PLAIN, 'LIST "" ""'],
  },
  {
    what: 'LOGIN disabled, SASL PLAIN offered, user name with a backslash',
    steps: [send('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN SASL-IR] hi\r\n'), expectCommand('AUTHENTICATE'), OK, ...LIST],
    lines: [`AUTHENTICATE PLAIN ${PLAIN}`, 'LIST "" ""'],
  },
  {
    what: 'plain RFC 3501 without extensions: LOGIN with quoted strings',
    password: ASCII_PASSWORD,
    steps: [
      send('* OK IMAP4 ready\r\n'),
      expectCommand('CAPABILITY'),
      send('* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n'),
      expectCommand('LOGIN'),
      OK,
      ...LIST,
    ],
    lines: ['CAPABILITY', 'LOGIN "ada" "p\\"a\\\\ss {3}"', 'LIST "" ""'],
  },
  {
    what: 'a list of capabilities of more than 10 kB',
    steps: [
      send('* OK ready\r\n'),
      expectCommand('CAPABILITY'),
      send(`* CAPABILITY IMAP4rev1 ${'X-VENDOR-EXTENSION '.repeat(700)}AUTH=PLAIN SASL-IR\r\n{tag} OK done\r\n`),
      expectCommand('AUTHENTICATE'),
      OK,
      ...LIST,
    ],
    lines: ['CAPABILITY', `AUTHENTICATE PLAIN ${PLAIN}`, 'LIST "" ""'],
  },
  {
    what: 'a server that lists no capabilities when asked',
    password: ASCII_PASSWORD,
    steps: [send('* OK ready\r\n'), expectCommand('CAPABILITY'), send('{tag} OK\r\n'), expectCommand('LOGIN'), OK, ...LIST],
    lines: ['CAPABILITY', 'LOGIN "ada" "p\\"a\\\\ss {3}"', 'LIST "" ""'],
  },
  {
    what: 'empty lines in between, odd case and spacing, literals and NIL in LIST',
    steps: [
      send('* ok   [capability imap4rev1 auth=plain sasl-ir]\r\n'),
      expectCommand('AUTHENTICATE'),
      send('\r\n{tag}   ok\r\n'),
      expectCommand('LIST'),
      send('* list (\\Noselect)   NIL {3}\r\na"b\r\n\r\n{tag} OK\r\n'),
    ],
    lines: [`AUTHENTICATE PLAIN ${PLAIN}`, 'LIST "" ""'],
  },
  {
    what: 'LOGIN with letters outside ASCII: a literal, because quoted strings are ASCII',
    steps: [
      send('* OK [CAPABILITY IMAP4rev1] hi\r\n'),
      expectCommand('LOGIN'),
      send('+ go on\r\n'),
      expectLine(/^/u),
      send('M1 OK in\r\n'),
      ...LIST,
    ],
    lines: [`LOGIN "ada" {${Buffer.byteLength(PASSWORD)}}`, PASSWORD_OCTETS, 'LIST "" ""'],
  },
  {
    what: 'LOGIN with LITERAL+: nobody waits',
    steps: [send('* OK [CAPABILITY IMAP4rev1 LITERAL+] hi\r\n'), expectCommand('LOGIN'), expectLine(/^/u), send('M1 OK in\r\n'), ...LIST],
    lines: [`LOGIN "ada" {${Buffer.byteLength(PASSWORD)}+}`, PASSWORD_OCTETS, 'LIST "" ""'],
  },
  {
    what: 'only AUTH=LOGIN',
    steps: [
      send('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN] hi\r\n'),
      expectCommand('AUTHENTICATE LOGIN'),
      send('+ VXNlcm5hbWU6\r\n'),
      expectLine(/^/u),
      send('+ UGFzc3dvcmQ6\r\n'),
      expectLine(/^/u),
      send('M1 OK in\r\n'),
      ...LIST,
    ],
    lines: ['AUTHENTICATE LOGIN', USER_BASE64, PASSWORD_BASE64, 'LIST "" ""'],
  },
  {
    what: 'a server that lists SASL PLAIN and does not know it',
    password: ASCII_PASSWORD,
    steps: [
      send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\r\n'),
      expectCommand('AUTHENTICATE'),
      send('{tag} BAD Unknown command\r\n'),
      expectCommand('LOGIN'),
      OK,
      ...LIST,
    ],
    lines: [
      `AUTHENTICATE PLAIN ${Buffer.from(`\0ada\0${ASCII_PASSWORD}`).toString('base64')}`,
      'LOGIN "ada" "p\\"a\\\\ss {3}"',
      'LIST "" ""',
    ],
  },
  {
    what: 'RFC 9051, and untagged lines in between, one with a literal',
    steps: [
      send('* OK [CAPABILITY IMAP4rev2 AUTH=PLAIN SASL-IR] hi\r\n'),
      expectCommand('AUTHENTICATE'),
      send('* OK [ALERT] maintenance on Sunday\r\n* NO low on disk\r\n* CAPABILITY IMAP4rev2 IDLE\r\n{tag} OK in\r\n'),
      expectCommand('LIST'),
      send('* LIST (\\Noselect) "/" {0}\r\n\r\n* 3 EXISTS\r\n{tag} OK done\r\n'),
    ],
    lines: [`AUTHENTICATE PLAIN ${PLAIN}`, 'LIST "" ""'],
  },
  {
    what: 'odd case and spacing, and bare line feeds',
    steps: [
      send('*  ok  [capability imap4REV1 sasl-ir auth=plain]   Hi\n'),
      expectCommand('AUTHENTICATE'),
      send('* capability imap4rev1\n{tag}  ok   in\n'),
      expectCommand('LIST'),
      send('{tag} Ok\n'),
    ],
    lines: [`AUTHENTICATE PLAIN ${PLAIN}`, 'LIST "" ""'],
  },
]

const RSET: readonly Step[] = [expectLine(/^RSET$/u), send('250 ok\r\n')]
const EHLO = expectLine(/^EHLO /u)

const SMTP: readonly Dialogue[] = [
  {
    what: 'AUTH PLAIN in one line',
    steps: [SMTP_GREETING, EHLO, send('250-mail\r\n250 AUTH PLAIN LOGIN\r\n'), expectLine(/^AUTH/u), send('235 ok\r\n'), ...RSET],
    lines: [`AUTH PLAIN ${PLAIN}`],
  },
  {
    what: 'AUTH PLAIN where the server asks all the same',
    steps: [
      SMTP_GREETING,
      EHLO,
      send('250-mail\r\n250 AUTH PLAIN\r\n'),
      expectLine(/^AUTH/u),
      send('334 \r\n'),
      expectLine(/^/u),
      send('235 ok\r\n'),
      ...RSET,
    ],
    lines: [`AUTH PLAIN ${PLAIN}`, PLAIN],
  },
  {
    what: 'only AUTH LOGIN, with prompts of its own',
    steps: [
      SMTP_GREETING,
      EHLO,
      send('250-mail\r\n250 AUTH LOGIN\r\n'),
      expectLine(/^AUTH LOGIN$/u),
      send('334 dXNlcm5hbWU6\r\n'),
      expectLine(/^/u),
      send('334 cGFzc3dvcmQ6\r\n'),
      expectLine(/^/u),
      send('235 2.7.0 ok\r\n'),
      ...RSET,
    ],
    lines: ['AUTH LOGIN', USER_BASE64, PASSWORD_BASE64],
  },
  {
    what: 'the old spelling AUTH=PLAIN LOGIN',
    steps: [
      SMTP_GREETING,
      EHLO,
      send('250-mail\r\n250-AUTH=PLAIN LOGIN\r\n250 8BITMIME\r\n'),
      expectLine(/^AUTH/u),
      send('235 ok\r\n'),
      ...RSET,
    ],
    lines: [`AUTH PLAIN ${PLAIN}`],
  },
  {
    what: 'odd case and spacing, a greeting of many lines, and bare line feeds',
    steps: [
      send('220-Welcome\n220-to\n220 us\n'),
      EHLO,
      send('250-mail\n250-size   1000\n250 auth   plain\tlogin\n'),
      expectLine(/^AUTH/u),
      send('235\n'),
      ...RSET,
    ],
    lines: [`AUTH PLAIN ${PLAIN}`],
  },
  {
    what: 'a server that lists PLAIN and does not know it',
    steps: [
      SMTP_GREETING,
      EHLO,
      send('250-mail\r\n250 AUTH PLAIN LOGIN\r\n'),
      expectLine(/^AUTH PLAIN/u),
      send('504 5.5.4 Unrecognized authentication type\r\n'),
      expectLine(/^AUTH LOGIN$/u),
      send('334 VXNlcm5hbWU6\r\n'),
      expectLine(/^/u),
      send('334 UGFzc3dvcmQ6\r\n'),
      expectLine(/^/u),
      send('235 ok\r\n'),
      ...RSET,
    ],
    lines: [`AUTH PLAIN ${PLAIN}`, 'AUTH LOGIN', USER_BASE64, PASSWORD_BASE64],
  },
]

describe('IMAP', () => {
  test.each(IMAP)('$what', async ({ steps, lines, password = PASSWORD }) => {
    const { result, server } = await verifyScripted(stand, { protocol: 'imap', tls: 'implicit', implicitTls: true, steps, password })
    expect(server.surprises).toEqual([])
    expect(result).toMatchObject({ ok: true })
    expect(server.lines.map((line) => line.replace(/^M\d+ /u, ''))).toEqual(lines)
  })

  test('a refused password is not tried a second way', async () => {
    const steps = [
      send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=LOGIN SASL-IR] hi\r\n'),
      expectCommand('AUTHENTICATE'),
      send('{tag} NO [AUTHENTICATIONFAILED] no\r\n'),
    ]
    const { failure, server } = await verifyScripted(stand, { protocol: 'imap', tls: 'implicit', implicitTls: true, steps })
    expect(failure).toMatchObject({ code: 'imap.authentication_failed' })
    expect(server.lines).toHaveLength(1)
    expect(server.connections).toBe(1)
  })
})

describe('SMTP', () => {
  test.each(SMTP)('$what', async ({ steps, lines, password = PASSWORD }) => {
    const { result, server } = await verifyScripted(stand, { protocol: 'smtp', tls: 'implicit', implicitTls: true, steps, password })
    expect(server.surprises).toEqual([])
    expect(result).toMatchObject({ ok: true })
    expect(server.lines.slice(1, -1)).toEqual(lines)
  })

  test('a refused password is not tried a second way', async () => {
    const steps = [SMTP_GREETING, EHLO, send('250-mail\r\n250 AUTH PLAIN LOGIN\r\n'), expectLine(/^AUTH/u), send('535 5.7.8 no\r\n')]
    const { failure, server } = await verifyScripted(stand, { protocol: 'smtp', tls: 'implicit', implicitTls: true, steps })
    expect(failure).toMatchObject({ code: 'smtp.authentication_failed' })
    expect(server.lines.filter((line) => line.startsWith('AUTH'))).toHaveLength(1)
  })

  test('says QUIT before it goes (RFC 5321 section 4.1.1.10)', async () => {
    const steps = [...(SMTP[0]?.steps ?? []), expectLine(/^QUIT$/u)]
    const { result, server } = await verifyScripted(stand, { protocol: 'smtp', tls: 'implicit', implicitTls: true, steps })
    expect(result).toMatchObject({ ok: true })
    expect(server.surprises).toEqual([])
    expect(server.lines.at(-1)).toBe('QUIT')
  })

  test('nothing is sent: no MAIL FROM', async () => {
    const { server } = await verifyScripted(stand, { protocol: 'smtp', tls: 'implicit', implicitTls: true, steps: SMTP[0]?.steps ?? [] })
    expect(server.lines.join('\n')).not.toMatch(/MAIL|RCPT|DATA/u)
  })
})
