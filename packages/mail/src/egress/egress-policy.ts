import type { LookupAddress } from 'node:dns'
import type { SecureContext } from 'node:tls'

/** Resolves a name to all its addresses. Default: `dns.lookup(name, {all: true})`. */
export type LookupAll = (hostname: string) => Promise<readonly LookupAddress[]>

export interface EgressPolicyOptions {
  /** Names, addresses and CIDR ranges that may be dialled although they are not public. Default none. */
  readonly allowHosts?: readonly string[] | undefined
  /** Ports and inclusive ranges allowed beside DEFAULT_MAIL_PORTS. Default none. */
  readonly allowPorts?: readonly (number | readonly [from: number, to: number])[] | undefined
  /** PEM certificates trusted beside the system's. Default none. */
  readonly extraCa?: readonly string[] | undefined
  readonly lookup?: LookupAll | undefined
}

/** Whom we may dial, and whom we believe. One per process; shared by verification, synchronisation and sending. */
export interface EgressPolicy {
  readonly secureContext: SecureContext
  allowsPort(port: number): boolean
  /** Tells whether an address may be dialled when it was reached by this (normalised) host name. */
  allowsAddress(address: string, hostname: string): boolean
  readonly lookup: LookupAll
}
