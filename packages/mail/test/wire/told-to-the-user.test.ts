import { expectCommand, expectLine, send, startScriptedServer } from '@maildock/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { openImapConnection, openSubmissionConnection } from '../../src/index.ts'
import { CANARY, createWireStand, IMAP_GREETING, SMTP_EHLO, SMTP_GREETING, verifyScripted, type WireStand } from './verify-scripted.ts'

let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})

const BLOB = Buffer.from(`\0ada\0${CANARY}`).toString('base64')

describe('a server that echoes the password', () => {
  test.each([
    ['as it is', CANARY],
    ['quoted', CANARY.replaceAll(/["\\]/gu, '\\$&')],
    ['in base64', Buffer.from(CANARY).toString('base64')],
    ['as the SASL message', BLOB],
  ])('%s: it is not told', async (_how, echo) => {
    const imap = await verifyScripted(stand, {
      protocol: 'imap',
      tls: 'implicit',
      implicitTls: true,
      steps: [IMAP_GREETING, expectCommand('AUTHENTICATE'), send(`{tag} NO I do not like ${echo} at all\r\n`)],
    })
    expect(imap.failure?.serverResponse).toBe('NO I do not like [removed] at all')
    const smtp = await verifyScripted(stand, {
      protocol: 'smtp',
      tls: 'implicit',
      implicitTls: true,
      steps: [SMTP_GREETING, ...SMTP_EHLO, expectLine(/^AUTH/u), send(`535 5.7.8 I do not like ${echo} at all\r\n`)],
    })
    expect(smtp.failure?.serverResponse).toBe('535 5.7.8 I do not like [removed] at all')
  })

  test('finds no way into the error either, which may be logged', async () => {
    await using imap = await startScriptedServer({
      certificate: stand.certificate,
      implicitTls: true,
      steps: [IMAP_GREETING, expectCommand('AUTHENTICATE'), send(`{tag} NO ${BLOB} ${CANARY}\r\n`)],
    })
    await using smtp = await startScriptedServer({
      certificate: stand.certificate,
      implicitTls: true,
      steps: [SMTP_GREETING, ...SMTP_EHLO, expectLine(/^AUTH/u), send(`535 ${BLOB} ${CANARY}\r\n`)],
    })
    const login = { username: 'ada', password: CANARY }
    const server = { host: 'localhost', tls: 'implicit' } as const
    const failures = await Promise.all([
      openImapConnection({ server: { ...server, protocol: 'imap', port: imap.port }, ...login }, stand).catch((error: unknown) => error),
      openSubmissionConnection({ server: { ...server, protocol: 'smtp', port: smtp.port }, ...login }, stand).catch(
        (error: unknown) => error,
      ),
    ])
    for (const failure of failures) {
      expect(failure).toMatchObject({ name: 'MailFault', stage: 'auth' })
      const everything = describeDeep(failure)
      expect(everything).toContain('auth')
      expect(everything).not.toContain('canary')
      expect(everything).not.toContain(BLOB)
    }
  })
})

test('what a server says is one clean line', async () => {
  const { failure } = await verifyScripted(stand, {
    protocol: 'imap',
    tls: 'implicit',
    implicitTls: true,
    steps: [IMAP_GREETING, expectCommand('AUTHENTICATE'), send(`{tag} NO \u001b[31m<b>evil\u202etxt\u0007</b>${'x'.repeat(5000)}\r\n`)],
  })
  expect(failure?.serverResponse).toHaveLength(200)
  expect(failure?.serverResponse).toMatch(/^NO {1,2}\[31m<b>eviltxt <\/b>x+…$/u)
})

test('an alert before the refusal is shown with it (RFC 9051 section 7.1)', async () => {
  const { failure } = await verifyScripted(stand, {
    protocol: 'imap',
    tls: 'implicit',
    implicitTls: true,
    steps: [
      IMAP_GREETING,
      expectCommand('AUTHENTICATE'),
      send('* NO [ALERT] Your account is not enabled for IMAP use.\r\n{tag} NO failed\r\n'),
    ],
  })
  expect(failure).toMatchObject({ code: 'imap.disabled', serverResponse: 'NO Your account is not enabled for IMAP use. failed' })
})

test.each(['implicit', 'starttls'] as const)('what is no mail server is not quoted (%s)', async (tls) => {
  const { failure } = await verifyScripted(stand, {
    protocol: 'imap',
    tls,
    implicitTls: tls === 'implicit',
    steps: [send('SSH-2.0-internal-build-7\r\n')],
  })
  expect(failure).toEqual({ code: 'protocol.unexpected_greeting', protocol: 'imap', stage: 'greeting', hint: expect.any(String) })
})

test('a referral to another host is not followed', async () => {
  const { failure, server } = await verifyScripted(stand, {
    protocol: 'imap',
    tls: 'implicit',
    implicitTls: true,
    steps: [IMAP_GREETING, expectCommand('AUTHENTICATE'), send('{tag} NO [REFERRAL imap://ada@10.0.0.1/] Elsewhere\r\n')],
  })
  expect(failure).toMatchObject({ code: 'imap.authentication_failed' })
  expect(server.connections).toBe(1)
})

/** Every string reachable from an error: messages, stacks, causes and properties. */
function describeDeep(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 6) return String(value)
  return Object.getOwnPropertyNames(value)
    .map((name) => `${name}=${describeDeep((value as Record<string, unknown>)[name], depth + 1)}`)
    .join('\n')
}
