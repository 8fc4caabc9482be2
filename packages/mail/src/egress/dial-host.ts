import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import ipaddr from 'ipaddr.js'

/** A host in the one form that is looked up, checked, and named to TLS. */
export interface DialHost {
  /** A-labels in lower case without trailing dot, or the address itself. */
  readonly hostname: string
  /** Set when the host is an IP literal in any spelling: then nothing is looked up, and TLS identity needs an IP SAN. */
  readonly address: string | null
}

/** What the URL parser would strip, decode or take for the end of the host. */
const NOT_OF_A_NAME = /[\s\u0000-\u001f\u007f/\\#?@%<>^|[\]]/u
const MAX_NAME_LENGTH = 253
const MAX_LABEL_LENGTH = 63

/**
 * Reads a host as the WHATWG URL standard does, because the resolver would also read `0x7f.1`, `127.1` and `2130706433` as addresses:
 * what is checked must be what is dialled. Null for what is no host, zone ids included.
 */
export function parseDialHost(host: string): DialHost | null {
  const bare = host.trim().replace(/^\[(.*)\]$/su, '$1')
  if (bare.includes(':')) {
    if (bare.includes('%') || !ipaddr.IPv6.isValid(bare)) return null
    const address = ipaddr.IPv6.parse(bare).toString()
    return { hostname: address, address }
  }
  if (NOT_OF_A_NAME.test(bare)) return null
  const hostname = domainToASCII(bare.replace(/\.$/u, ''))
  if (isIP(hostname) === 4) return { hostname, address: hostname }
  const labels = hostname.split('.')
  const wellFormed = labels.every((label) => label.length > 0 && label.length <= MAX_LABEL_LENGTH && /^[a-z0-9_-]+$/u.test(label))
  return wellFormed && hostname.length <= MAX_NAME_LENGTH ? { hostname, address: null } : null
}
