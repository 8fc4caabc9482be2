import type { MailProtocol } from '@maildock/core'
import { createTestAuthority, issueSelfSigned, type ServerCertificate } from '@maildock/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { createEgressPolicy } from '../../src/index.ts'
import {
  createWireStand,
  IMAP_GREETING,
  IMAP_SESSION,
  IMAP_STARTTLS,
  SMTP_GREETING,
  SMTP_SESSION,
  SMTP_STARTTLS,
  verifyScripted,
  type VerifyScriptedOptions,
  type WireStand,
} from './verify-scripted.ts'

const DAY_MS = 86_400_000
let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})

const ROADS = [
  { protocol: 'imap', tls: 'implicit', steps: [IMAP_GREETING, ...IMAP_SESSION] },
  { protocol: 'imap', tls: 'starttls', steps: [...IMAP_STARTTLS, ...withCapability()] },
  { protocol: 'smtp', tls: 'implicit', steps: [SMTP_GREETING, ...SMTP_SESSION] },
  { protocol: 'smtp', tls: 'starttls', steps: [...SMTP_STARTTLS, ...SMTP_SESSION] },
] as const

/** After STARTTLS there is no greeting: the client asks for the list. */
function withCapability() {
  return [
    { expect: /^(?<tag>\S+) CAPABILITY$/u },
    { send: '* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n{tag} OK done\r\n' },
    ...IMAP_SESSION,
  ]
}

type Road = (typeof ROADS)[number]

function verify(road: Road, certificate: ServerCertificate, options: Partial<VerifyScriptedOptions> = {}, egress = stand.egress) {
  return verifyScripted({ ...stand, egress }, { ...road, implicitTls: road.tls === 'implicit', certificate, ...options })
}

describe.each(ROADS)('over $protocol with $tls', (road) => {
  test('a certificate for the name, from a trusted authority, is accepted', async () => {
    const { result, server } = await verify(road, stand.certificate)
    expect(server.surprises).toEqual([])
    expect(result.ok).toBe(true)
  })

  const refused: readonly (readonly [what: string, issue: () => Promise<ServerCertificate>, hint: RegExp])[] = [
    [
      'expired',
      () =>
        stand.authority.issue({
          names: ['localhost'],
          notBefore: new Date(Date.now() - 9 * DAY_MS),
          notAfter: new Date(Date.now() - DAY_MS),
        }),
      /expired/u,
    ],
    [
      'not valid yet',
      () =>
        stand.authority.issue({
          names: ['localhost'],
          notBefore: new Date(Date.now() + DAY_MS),
          notAfter: new Date(Date.now() + 9 * DAY_MS),
        }),
      /not valid yet/u,
    ],
    ['for another name', () => stand.authority.issue({ names: ['mail.other.example'] }), /another name/u],
    ['for an address instead of the name', () => stand.authority.issue({ names: ['127.0.0.1'] }), /another name/u],
    ['self-signed', () => issueSelfSigned({ names: ['localhost'] }), /not trusted/u],
    ['from an unknown authority', async () => (await createTestAuthority('Somebody else')).issue({ names: ['localhost'] }), /not trusted/u],
  ]
  test.each(refused)('a certificate %s is refused, and no login is tried', async (_what, issue, hint) => {
    const { failure, server } = await verify(road, await issue())
    expect(failure).toMatchObject({ code: 'tls.certificate_invalid', stage: 'tls', hint: expect.stringMatching(hint) })
    expect(server.connections).toBe(1)
    expect(server.lines.filter((line) => /AUTH|LOGIN/iu.test(line))).toEqual([])
  })

  test('an address as host needs a certificate for the address', async () => {
    const forAddress = await stand.authority.issue({ names: ['127.0.0.1'] })
    expect((await verify(road, forAddress, { dialHost: '127.0.0.1' })).result.ok).toBe(true)
    expect((await verify(road, forAddress, { dialHost: '[::ffff:127.0.0.1]' })).result.ok).toBe(false)
  })

  // S14: a library once compared the certificate of such a host with "localhost".
  test('a certificate for localhost does not do for an address', async () => {
    const { failure } = await verify(road, stand.certificate, { dialHost: '127.0.0.1' })
    expect(failure).toMatchObject({ code: 'tls.certificate_invalid', stage: 'tls' })
  })

  test('an RSA key of 1024 bits is refused, trusted or not', async () => {
    const weak = await issueSelfSigned({ names: ['localhost'], rsaBits: 1024 })
    const trusting = createEgressPolicy({
      allowHosts: ['localhost'],
      allowPorts: [[1024, 65_535]],
      extraCa: [stand.authority.caCertificate, weak.cert],
      lookup: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    const { failure } = await verify(road, weak, {}, trusting)
    expect(failure).toMatchObject({ stage: 'tls', code: 'tls.certificate_invalid' })
  })

  test('TLS 1.1 is refused', async () => {
    const { failure } = await verify(road, stand.certificate, { maxTlsVersion: 'TLSv1.1' })
    expect(failure).toMatchObject({ code: 'tls.unsupported', stage: 'tls' })
  })

  test('TLS 1.2 is accepted', async () => {
    expect((await verify(road, stand.certificate, { maxTlsVersion: 'TLSv1.2' })).result.ok).toBe(true)
  })
})

function verifyOpen(protocol: MailProtocol, options: Partial<VerifyScriptedOptions>) {
  return verifyScripted(stand, { protocol, steps: [], certificate: stand.certificate, ...options })
}

describe('a port that says nothing about TLS', () => {
  test.each(ROADS)('is found to be $tls for $protocol', async ({ protocol, tls, steps }) => {
    const { result } = await verifyOpen(protocol, { steps, implicitTls: tls === 'implicit' })
    expect(result).toMatchObject({ ok: true, [protocol]: { tls } })
  })

  test('is not tried in another mode when the certificate is bad', async () => {
    const { failure, server } = await verifyOpen('imap', {
      implicitTls: true,
      certificate: await issueSelfSigned({ names: ['localhost'] }),
    })
    expect(failure).toMatchObject({ code: 'tls.certificate_invalid' })
    expect(server.connections).toBe(1)
  })

  test('is not tried in another mode when the password is wrong', async () => {
    const steps = [IMAP_GREETING, { expect: /^(?<tag>\S+) AUTHENTICATE/u }, { send: '{tag} NO [AUTHENTICATIONFAILED] no\r\n' }]
    const { failure, server } = await verifyOpen('imap', { implicitTls: true, steps })
    expect(failure).toMatchObject({ code: 'imap.authentication_failed' })
    expect(server.connections).toBe(1)
  })

  test('tells that TLS is missing, where a mail server answers in clear and refuses STARTTLS', async () => {
    const imap = await verifyOpen('imap', {
      steps: [{ send: '* OK ready\r\n' }, { expect: /^(?<tag>\S+) STARTTLS$/u }, { send: '{tag} BAD unknown\r\n' }],
    })
    expect(imap.failure).toMatchObject({ code: 'tls.unsupported', stage: 'tls' })
    const smtp = await verifyOpen('smtp', {
      steps: [SMTP_GREETING, { expect: /^EHLO/u }, { send: '250 mail.test\r\n' }, { expect: /^STARTTLS$/u }, { send: '502 unknown\r\n' }],
    })
    expect(smtp.failure).toMatchObject({ code: 'tls.unsupported', stage: 'tls' })
  })

  test('tells that this is no mail server, where HTTP answers', async () => {
    const steps = [{ expectOctets: true } as const, { send: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, { close: 'fin' } as const]
    const { failure, server } = await verifyOpen('imap', { steps, deadlineMs: 4_000 })
    expect(failure).toMatchObject({ code: 'protocol.unexpected_greeting', stage: 'tls' })
    expect(server.connections).toBe(2)
  })
})
