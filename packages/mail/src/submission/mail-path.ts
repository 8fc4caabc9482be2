import { parseDialHost } from '../egress/dial-host.ts'

/** A mailbox as SMTP commands and header fields name it. */
export interface MailPath {
  /** Local part as it was written, domain as A-labels in lower case. Fits between angle brackets. */
  readonly address: string
  readonly domain: string
  /** The local part has letters outside ASCII: only a server with SMTPUTF8 takes it. */
  readonly needsSmtputf8: boolean
}

/** RFC 5321 section 4.5.3.1.3: 256 with the angle brackets. */
const MAX_PATH_OCTETS = 254
/** A quoted string, or anything that cannot end the path, the field or the line. Lenient about dots: a server is the judge of those. */
const LOCAL_PART = /^(?:"(?:[^"\\\p{Cc}\u2028\u2029]|\\[^\p{Cc}\u2028\u2029])*"|[^\s"(),:;<>@[\\\]\p{Cc}]+)$/u

/**
 * Reads a mailbox (RFC 5321 section 4.1.2, RFC 6531 section 3.3) with a domain name; address literals are refused. Null for what is none: then
 * it must be in no command and no header.
 */
export function parseMailPath(text: string): MailPath | null {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  if (!LOCAL_PART.test(local) || !local.isWellFormed()) return null
  const host = parseDialHost(text.slice(at + 1))
  if (host === null || host.address !== null) return null
  const address = `${local}@${host.hostname}`
  if (Buffer.byteLength(address) > MAX_PATH_OCTETS) return null
  return { address, domain: host.hostname, needsSmtputf8: /[^\u0000-\u007f]/u.test(local) }
}
