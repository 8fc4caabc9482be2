import { X509Certificate } from 'node:crypto'
import type { LookupAddress } from 'node:dns'
import { lookup as dnsLookup } from 'node:dns/promises'
import tls, { type SecureContext } from 'node:tls'
import { DEFAULT_MAIL_PORTS } from '@maildock/core'
import ipaddr from 'ipaddr.js'
import { parseDialHost } from './dial-host.ts'

/** Resolves a name to all its addresses. Default: `dns.lookup(name, {all: true})`. */
export type LookupAll = (hostname: string) => Promise<readonly LookupAddress[]>

/** A port, or an inclusive range. */
export type PortRule = number | readonly [from: number, to: number]

export interface EgressPolicyOptions {
  /** Names, addresses and CIDR ranges that may be dialled although they are not public. Default none. */
  readonly allowHosts?: readonly string[] | undefined
  /** Ports and inclusive ranges allowed beside DEFAULT_MAIL_PORTS. Default none. */
  readonly allowPorts?: readonly PortRule[] | undefined
  /** PEM certificates trusted beside those Node trusts by default. Default none. */
  readonly extraCa?: readonly string[] | undefined
  readonly lookup?: LookupAll | undefined
}

/** Whom we may dial, and whom we believe. One per process; shared by verification, synchronisation and sending. */
export interface EgressPolicy {
  /** TLS >= 1.2 and the trusted roots, read once: loading them costs more than a handshake. */
  readonly secureContext: SecureContext
  readonly lookup: LookupAll
  allowsPort(port: number): boolean
  /** Tells whether an address may be dialled when it was reached by this normalised host name. */
  allowsAddress(address: string, hostname: string): boolean
}

/**
 * Makes the policy. Default: public unicast addresses and the ports of mail, nothing else.
 *
 * @throws TypeError when an allowed host, a port or a certificate cannot be read: a policy with a hole is not started.
 */
export function createEgressPolicy(options: EgressPolicyOptions = {}): EgressPolicy {
  const { names, ranges } = parseAllowedHosts(options.allowHosts ?? [])
  const ports = (options.allowPorts ?? []).map(parsePortRule)
  return {
    secureContext: createSecureContext(options.extraCa ?? []),
    lookup: options.lookup ?? ((hostname) => dnsLookup(hostname, { all: true, order: 'verbatim' })),
    allowsPort: (port) => DEFAULT_MAIL_PORTS.includes(port) || ports.some(([from, to]) => from <= port && port <= to),
    allowsAddress: (address, hostname) => {
      if (!ipaddr.isValid(address)) return false
      if (names.has(hostname)) return true
      // process() turns IPv4-mapped IPv6 into IPv4, so that ::ffff:127.0.0.1 is judged as what it reaches.
      const parsed = ipaddr.process(address)
      return isPublic(parsed) || ranges.some(([network, bits]) => contains(parsed, network, bits))
    },
  }
}

type Address = ipaddr.IPv4 | ipaddr.IPv6
type AddressRange = readonly [network: Address, bits: number]

/** RFC 4291 section 2.4: of IPv6 only this range is handed out. The rest is reserved, or IPv4 in disguise (`::127.0.0.1`, section 2.5.5.1). */
const GLOBAL_UNICAST: AddressRange = ipaddr.parseCIDR('2000::/3')

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || contains(address, ...GLOBAL_UNICAST))
}

function contains(address: Address, network: Address, bits: number): boolean {
  return address.kind() === network.kind() && address.match(network, bits)
}

function parseAllowedHosts(entries: readonly string[]): { names: ReadonlySet<string>; ranges: readonly AddressRange[] } {
  const names = new Set<string>()
  const ranges: AddressRange[] = []
  for (const entry of entries.map((text) => text.trim())) {
    if (entry.includes('/')) {
      ranges.push(parseRange(entry))
      continue
    }
    const host = parseDialHost(entry)
    if (host === null) throw new TypeError(`not a host name, address or CIDR range: ${JSON.stringify(entry)}`)
    if (host.address === null) names.add(host.hostname)
    else ranges.push([ipaddr.process(host.address), ipaddr.process(host.address).kind() === 'ipv4' ? 32 : 128])
  }
  return { names, ranges }
}

function parseRange(entry: string): AddressRange {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(entry) && !ipaddr.IPv6.isValidCIDR(entry))
    throw new TypeError(`not a CIDR range: ${JSON.stringify(entry)}`)
  return ipaddr.parseCIDR(entry)
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

function parsePortRule(rule: PortRule): readonly [number, number] {
  const [from, to] = typeof rule === 'number' ? [rule, rule] : rule
  if (!isPort(from) || !isPort(to) || from > to) throw new TypeError(`not a port or range of ports: ${from}-${to}`)
  return [from, to]
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu

/** node:tls takes what is no certificate in silence; then an authority would seem to be trusted and is not. */
function parseCertificates(pem: string): readonly string[] {
  const found = pem.match(CERTIFICATE) ?? []
  if (found.length === 0) throw new TypeError('an extra CA file holds no PEM certificate')
  try {
    return found.map((text) => new X509Certificate(text).toString())
  } catch (cause) {
    throw new TypeError('an extra CA certificate cannot be read', { cause })
  }
}

function createSecureContext(extraCa: readonly string[]): SecureContext {
  const extra = extraCa.flatMap(parseCertificates)
  return tls.createSecureContext({
    minVersion: 'TLSv1.2',
    ...(extra.length === 0 ? {} : { ca: [...tls.getCACertificates('default'), ...extra] }),
  })
}
