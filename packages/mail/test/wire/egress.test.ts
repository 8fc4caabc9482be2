import dns from 'node:dns'
import { findFreePorts, startScriptedServer } from '@maildock/testkit'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createEgressPolicy, verifyMailServers, type EgressPolicyOptions } from '../../src/index.ts'
import {
  createWireStand,
  IMAP_GREETING,
  IMAP_SESSION,
  SMTP_GREETING,
  SMTP_SESSION,
  verifyScripted,
  type WireStand,
} from './verify-scripted.ts'

let stand: WireStand
beforeAll(async () => {
  stand = await createWireStand()
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function verifyHost(host: string, port: number, options: EgressPolicyOptions = {}) {
  const egress = createEgressPolicy({ allowPorts: [port], lookup: async () => [{ address: '127.0.0.1', family: 4 }], ...options })
  const login = { host, port, username: 'ada', password: 'secret-password' }
  const result = await verifyMailServers({ imap: login, smtp: login }, { egress, deadlineMs: 3000 })
  return result.ok ? [] : result.failures
}

describe('a host that may not be dialled', () => {
  test.each([
    'localhost',
    '127.0.0.1',
    '[::1]',
    '0x7f.1',
    '127.1',
    '0177.0.0.1',
    '2130706433',
    '0',
    '127.0.0.1.',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '10.0.0.1',
    'private.example',
  ])('%s is refused for IMAP and SMTP alike, and nobody hears of it', async (host) => {
    await using listener = await startScriptedServer({ steps: [IMAP_GREETING] })
    const failures = await verifyHost(host, listener.port)
    expect(failures).toEqual([
      { code: 'host.not_allowed', protocol: 'imap', stage: 'dns', hint: expect.any(String) },
      { code: 'host.not_allowed', protocol: 'smtp', stage: 'dns', hint: expect.any(String) },
    ])
    expect(listener.connections).toBe(0)
  })

  test('reads like a host that does not exist, but for the code', async () => {
    const [refused] = await verifyHost('private.example', 993)
    const [unknown] = await verifyHost('nowhere.example', 993, { lookup: async () => [] })
    expect(unknown).toEqual({ ...refused, code: 'host.not_found' })
  })

  test.each(['a\r\nb', 'user@host', 'a b', 'host/x', `${'a'.repeat(300)}.example`, 'x..y', '[fe80::1%eth0]', ''])(
    '%j is no host',
    async (host) => {
      const lookup = vi.fn<() => Promise<never[]>>(async () => [])
      expect(await verifyHost(host, 993, { lookup })).toMatchObject([{ code: 'host.not_found', stage: 'dns' }, { code: 'host.not_found' }])
      expect(lookup).not.toHaveBeenCalled()
    },
  )

  test.each([22, 80, 443, 3306])('port %i is refused', async (port) => {
    expect(await verifyHost('mail.example', port, { allowPorts: [], allowHosts: ['mail.example'] })).toMatchObject([
      { code: 'host.not_allowed', stage: 'dns' },
      { code: 'host.not_allowed', stage: 'dns' },
    ])
  })
})

test('a closed port is unreachable', async () => {
  const [port = 0] = await findFreePorts(1)
  expect(await verifyHost('mail.example', port, { allowHosts: ['mail.example'] })).toMatchObject([
    { code: 'host.unreachable', stage: 'connect' },
    { code: 'host.unreachable', stage: 'connect' },
  ])
})

test('a resolver that never answers does not hold the verification', async () => {
  const never = Promise.withResolvers<never>().promise
  const egress = createEgressPolicy({ lookup: () => never })
  const login = { host: 'mail.example', port: 993, username: 'ada', password: 'secret-password' }
  const result = await verifyMailServers({ imap: login, smtp: { ...login, port: 465 } }, { egress, deadlineMs: 300 })
  expect(result).toMatchObject({ ok: false, failures: [{ code: 'host.timeout', stage: 'dns' }, { code: 'host.timeout' }] })
})

// S10: the libraries get sockets; the one lookup is ours.
test.each([
  ['imap', [IMAP_GREETING, ...IMAP_SESSION]],
  ['smtp', [SMTP_GREETING, ...SMTP_SESSION]],
] as const)('%s: nobody but the policy looks up the name', async (protocol, steps) => {
  const spies = [
    vi.spyOn(dns, 'lookup'),
    vi.spyOn(dns, 'resolve4'),
    vi.spyOn(dns, 'resolve6'),
    vi.spyOn(dns.Resolver.prototype, 'resolve4'),
    vi.spyOn(dns.Resolver.prototype, 'resolve6'),
    vi.spyOn(dns.promises, 'lookup'),
  ]
  const { result } = await verifyScripted(stand, { protocol, tls: 'implicit', implicitTls: true, steps })
  expect(result.ok).toBe(true)
  // Listening servers "look up" the address they are given.
  const names = spies.flatMap((spy) => (spy.mock.calls as readonly (readonly unknown[])[]).map(([name]) => name))
  expect(names.filter((name) => name !== '127.0.0.1')).toEqual([])
})

test('the caller who gives up gets the reason, and the sockets are gone', async () => {
  await using server = await startScriptedServer({ steps: [] })
  const caller = new AbortController()
  const login = { host: 'localhost', port: server.port, tls: 'starttls', username: 'ada', password: 'secret-password' } as const
  const verifying = verifyMailServers({ imap: login, smtp: login }, { egress: stand.egress, signal: caller.signal })
  await expect.poll(() => server.connections, { timeout: 15_000 }).toBe(2)
  caller.abort(new Error('the client went away'))
  await expect(verifying).rejects.toThrow('the client went away')
  await expect.poll(() => server.openConnections, { timeout: 15_000 }).toBe(0)
})
