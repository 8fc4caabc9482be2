import { describe, expect, test } from 'vitest'
import { createEgressPolicy } from './egress-policy.ts'

describe('addresses', () => {
  const policy = createEgressPolicy()

  test.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '::7f00:1',
    '4000::1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '100::1',
    'not an address',
    '',
  ])('%s is refused', (address) => {
    expect(policy.allowsAddress(address, 'mail.example.org')).toBe(false)
  })

  test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('%s is allowed', (address) => {
    expect(policy.allowsAddress(address, 'mail.example.org')).toBe(true)
  })
})

describe('what configuration allows', () => {
  const policy = createEgressPolicy({ allowHosts: ['mail.internal', '10.1.0.0/16', 'fd00:1::/32', '127.0.0.1', 'M\u00fcller.Internal.'] })

  test.each([
    ['10.1.2.3', 'anything.example'],
    ['::ffff:10.1.2.3', 'anything.example'],
    ['fd00:1::5', 'anything.example'],
    ['127.0.0.1', '127.0.0.1'],
    ['192.168.7.7', 'mail.internal'],
    ['192.168.7.7', 'xn--mller-kva.internal'],
  ])('%s by %s', (address, hostname) => {
    expect(policy.allowsAddress(address, hostname)).toBe(true)
  })

  test.each([
    ['10.2.0.1', 'anything.example'],
    ['127.0.0.2', 'anything.example'],
    ['192.168.7.7', 'other.internal'],
    ['192.168.7.7', 'sub.mail.internal'],
    ['fd00:2::5', 'anything.example'],
  ])('and not %s by %s', (address, hostname) => {
    expect(policy.allowsAddress(address, hostname)).toBe(false)
  })

  test('a policy that cannot be read is not made', () => {
    for (const allowHosts of [['10.0.0.0/33'], ['1/8'], ['a b'], ['/8'], ['']])
      expect(() => createEgressPolicy({ allowHosts })).toThrow(TypeError)
    for (const rule of [0, -1, 70_000, 1.5, [20, 10]] as const) {
      expect(() => createEgressPolicy({ allowPorts: [rule as number] })).toThrow(TypeError)
    }
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
    for (const extraCa of [[broken], ['garbage'], ['']]) expect(() => createEgressPolicy({ extraCa })).toThrow(TypeError)
  })
})

describe('ports', () => {
  test('those of mail, and configured ones', () => {
    const policy = createEgressPolicy({ allowPorts: [3143, [4000, 4002]] })
    const allowed = [25, 143, 465, 587, 993, 2525, 3143, 4000, 4001, 4002]
    const refused = [0, -1, 1, 22, 80, 443, 3142, 3999, 4003, 5432, 65_536, Number.NaN]
    expect(allowed.filter((port) => !policy.allowsPort(port))).toEqual([])
    expect(refused.filter((port) => policy.allowsPort(port))).toEqual([])
  })
})
