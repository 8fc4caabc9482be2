import { createTestAuthority, startDovecot, startPostfix } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEgressPolicy, openImapConnection, verifyMailServers, type EgressPolicy } from '../../src/index.ts'

// Quotes, backslashes, a space, and letters outside ASCII: each of them is special in some way of signing in.
const PASSWORD = 'a"b\\c d\u00fc\u4e2d{5}'
const stack = new AsyncDisposableStack()
let egress: EgressPolicy
let imap: { starttls: number; implicit: number }
let smtp: { starttls: number; implicit: number }

beforeAll(async () => {
  const authority = await createTestAuthority()
  const certificate = await authority.issue({ names: ['localhost', '127.0.0.1'] })
  const dovecot = stack.use(await startDovecot({ certificate, password: PASSWORD }))
  const postfix = stack.use(await startPostfix({ certificate, dovecot }))
  egress = createEgressPolicy({
    allowHosts: ['localhost', '127.0.0.0/8'],
    allowPorts: [[1024, 65_535]],
    extraCa: [authority.caCertificate],
  })
  imap = { starttls: dovecot.imapPort, implicit: dovecot.imapsPort }
  smtp = { starttls: postfix.submissionPort, implicit: postfix.submissionsPort }
})
afterAll(() => stack.disposeAsync())

function login(port: number, overrides: { host?: string; password?: string; tls?: 'implicit' | 'starttls' } = {}) {
  return { host: 'localhost', port, username: 'ada@example.org', password: PASSWORD, ...overrides }
}

describe('Dovecot and Postfix', () => {
  test('accept the right password over STARTTLS and over implicit TLS, and the mode is found out', async () => {
    for (const tls of ['starttls', 'implicit'] as const) {
      const result = await verifyMailServers({ imap: login(imap[tls]), smtp: login(smtp[tls]) }, { egress })
      expect(result).toEqual({
        ok: true,
        imap: { protocol: 'imap', host: 'localhost', port: imap[tls], tls },
        smtp: { protocol: 'smtp', host: 'localhost', port: smtp[tls], tls },
      })
    }
  })

  test('refuse a wrong password at both servers, IMAP first, and nothing of it is told', async () => {
    const password = 'hunter2-wrong'
    const result = await verifyMailServers(
      { imap: login(imap.implicit, { password }), smtp: login(smtp.implicit, { password }) },
      { egress },
    )
    expect(result).toMatchObject({
      ok: false,
      failures: [
        {
          code: 'imap.authentication_failed',
          protocol: 'imap',
          stage: 'auth',
          serverResponse: 'NO [AUTHENTICATIONFAILED] Authentication failed.',
        },
        { code: 'smtp.authentication_failed', protocol: 'smtp', stage: 'auth' },
      ],
    })
    expect(JSON.stringify(result)).not.toContain(password)
  })

  test('are told apart when they are taken for one another', async () => {
    const result = await verifyMailServers({ imap: login(smtp.implicit), smtp: login(imap.implicit) }, { egress })
    expect(result).toMatchObject({
      ok: false,
      failures: [
        { code: 'protocol.unexpected_greeting', protocol: 'imap', stage: 'greeting' },
        { code: 'protocol.unexpected_greeting', protocol: 'smtp', stage: 'greeting' },
      ],
    })
  })

  test('are not believed without the authority that vouches for them', async () => {
    const stranger = createEgressPolicy({ allowHosts: ['localhost'], allowPorts: [[1024, 65_535]] })
    const result = await verifyMailServers({ imap: login(imap.implicit), smtp: login(smtp.starttls) }, { egress: stranger })
    expect(result).toMatchObject({
      ok: false,
      failures: [
        { code: 'tls.certificate_invalid', stage: 'tls' },
        { code: 'tls.certificate_invalid', stage: 'tls' },
      ],
    })
  })
})

describe('openImapConnection', () => {
  test('hands over a client that is signed in, without a second login', async () => {
    await using connection = await openImapConnection(
      {
        server: { protocol: 'imap', host: 'localhost', port: imap.implicit, tls: 'implicit' },
        username: 'grace@example.org',
        password: PASSWORD,
      },
      { egress },
    )
    const paths = (await connection.client.list()).map((mailbox) => mailbox.path)
    expect(paths).toContain('INBOX')
    expect(connection.capabilities.has('QRESYNC')).toBe(true)
    expect(connection.client.capabilities.has('CONDSTORE')).toBe(true)
  })

  test('fails with a MailFault', async () => {
    const opening = openImapConnection(
      {
        server: { protocol: 'imap', host: 'localhost', port: imap.starttls, tls: 'starttls' },
        username: 'grace@example.org',
        password: 'no',
      },
      { egress },
    )
    await expect(opening).rejects.toMatchObject({
      name: 'MailFault',
      code: 'imap.authentication_failed',
      stage: 'auth',
      class: 'credential',
    })
  })

  test('turns what the client throws later into a MailFault', async () => {
    await using connection = await openImapConnection(
      {
        server: { protocol: 'imap', host: 'localhost', port: imap.implicit, tls: 'implicit' },
        username: 'grace@example.org',
        password: PASSWORD,
      },
      { egress },
    )
    const failure: unknown = await connection.client.mailboxOpen('No such mailbox').catch((error: unknown) => error)
    expect(connection.translateError(failure)).toMatchObject({ name: 'MailFault', class: 'mailbox', stage: 'ready' })
  })
})
