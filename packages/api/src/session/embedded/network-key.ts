import { isIP } from 'node:net'

/**
 * What counts as one network for throttling: an IPv4 address, also when it is written as an IPv6 one, or an IPv6 /64, because that is
 * the least anyone is given. Anything else is one network of its own.
 */
export function toNetworkKey(ipAddress: string): string {
  const address = ipAddress.split('%', 1)[0] ?? ''
  switch (isIP(address)) {
    case 4:
      return address
    case 6:
      return toIpv6Key(address)
    default:
      return 'unknown'
  }
}

function toIpv6Key(address: string): string {
  // The URL parser writes every form of an address the same way (WHATWG URL section 3.5): hex groups, one `::` at most.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') {
    return groups.slice(6).flatMap(toOctets).join('.')
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}

function toOctets(group: string): number[] {
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 0xff]
}
