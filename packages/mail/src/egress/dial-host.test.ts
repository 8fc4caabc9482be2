import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDialHost } from './dial-host.ts'

describe('parseDialHost', () => {
  test.each([
    ['imap.example.org', 'imap.example.org'],
    ['IMAP.Example.ORG', 'imap.example.org'],
    ['imap.example.org.', 'imap.example.org'],
    [' imap.example.org ', 'imap.example.org'],
    ['b\u00fccher.example', 'xn--bcher-kva.example'],
    ['\uff49map.example.org', 'imap.example.org'],
    ['mail_1.example.org', 'mail_1.example.org'],
    ['localhost', 'localhost'],
  ])('reads %s as the name %s', (host, hostname) => {
    expect(parseDialHost(host)).toEqual({ hostname, address: null })
  })

  // S1: every spelling the resolver would take for an address is an address here too.
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['0177.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['0', '0.0.0.0'],
    ['127.0.0.1.', '127.0.0.1'],
    ['\uff11\uff12\uff17.0.0.1', '127.0.0.1'],
    ['[127.0.0.1]', '127.0.0.1'],
    ['[::1]', '::1'],
    ['::1', '::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::ffff:127.0.0.1', '::ffff:7f00:1'],
    ['2001:DB8::1', '2001:db8::1'],
  ])('reads %s as the address %s', (host, address) => {
    expect(parseDialHost(host)).toEqual({ hostname: address, address })
  })

  test.each([
    '',
    '.',
    '..',
    'a..b',
    'a b',
    'a\r\nb',
    'a\0b',
    'user@host',
    'host/path',
    'host#x',
    'host?x',
    'host:993',
    'fe80::1%eth0',
    '[fe80::1%25eth0]',
    '[',
    '256.256.256.256',
    '1.2.3.4.5',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(150)}example`,
    'a%31.example',
  ])('%j is no host', (host) => {
    expect(parseDialHost(host)).toBeNull()
  })

  test('never throws, and what it returns it reads the same again', () => {
    const hosts = fc.sample(fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.ipV4Extended(), fc.ipV6()), 2000)
    const changed = hosts.filter((host) => {
      const parsed = parseDialHost(host)
      return parsed !== null && JSON.stringify(parseDialHost(parsed.hostname)) !== JSON.stringify(parsed)
    })
    expect(changed).toEqual([])
  })
})
