import { isIPv6 } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toNetworkKey } from './network-key.ts'

describe('one network', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:ffff::', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['127.1', 'unknown'],
    ['', 'unknown'],
    ['192.0.2.1, 10.0.0.1', 'unknown'],
    ['[::1]', 'unknown'],
  ])('%s is %s', (address, key) => {
    expect(toNetworkKey(address)).toBe(key)
  })

  it('never fails, and a /64 is one whatever its lower half', () => {
    fc.assert(
      fc.property(fc.ipV6().filter(isIPv6), (address) => {
        expect(toNetworkKey(address)).toMatch(/^([0-9a-f]{1,4}:){4}:\/64$|^(\d{1,3}\.){3}\d{1,3}$/u)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(toNetworkKey(text)).not.toBe('')
      }),
    )
  })
})
