import { MaildockError } from '@maildock/core'
import { readBearer } from '../../http/read-bearer.ts'
import type { SessionRequest } from '../../session-gate.ts'

/** Fixed by the contract. `__Host-` would be safer, but is another name. */
export const SESSION_COOKIE = 'sb-access-token'

export interface PresentedToken {
  readonly token: string
  readonly via: 'cookie' | 'bearer'
}

const MAX_HEADER_LENGTH = 32_768
/** Supabase's clients cut a long cookie into `name.0`, `name.1`, … of about 3 KB each. */
const MAX_CHUNKS = 5
const CHUNK_NAME = /^sb-access-token\.(0|[1-9]\d{0,2})$/u

/**
 * The session token of a request; null when it carries none. A Bearer token wins over the cookie, because a page of somebody else can
 * make a browser send a cookie but not that header; a bad one is not forgiven for a good cookie.
 * @throws MaildockError session.invalid when what is sent is ambiguous or beyond all bounds
 */
export function readSessionToken(request: SessionRequest): PresentedToken | null {
  const bearer = readBearer(request.authorizationHeader)
  if (bearer !== null) return { token: bearer, via: 'bearer' }
  const cookie = readCookie(request.cookieHeader)
  return cookie === null ? null : { token: cookie, via: 'cookie' }
}

function readCookie(header: string | undefined): string | null {
  if (header === undefined) return null
  if (header.length > MAX_HEADER_LENGTH) throw refused('the cookie header is too long')
  const values = new Map<string, string>()
  for (const pair of header.split(';')) {
    const separator = pair.indexOf('=')
    const name = pair.slice(0, separator).trim()
    if (separator === -1 || (name !== SESSION_COOKIE && !CHUNK_NAME.test(name))) continue
    const value = unquote(pair.slice(separator + 1).trim())
    // RFC 6265 gives no order to rely on: of two cookies one was planted, by a sibling domain or over plain HTTP, and nobody can tell which.
    if (values.has(name) && values.get(name) !== value) throw refused('two different session cookies')
    values.set(name, value)
  }
  const token = values.get(SESSION_COOKIE) ?? joinChunks(values)
  // An empty cookie is how other software signs out.
  return token === '' ? null : token
}

/** Chunks count from 0 without a gap; what lies behind a gap is left over from a longer token. */
function joinChunks(values: ReadonlyMap<string, string>): string {
  const chunks: string[] = []
  for (;;) {
    const chunk = values.get(`${SESSION_COOKIE}.${chunks.length}`)
    if (chunk === undefined) return chunks.join('')
    if (chunks.length === MAX_CHUNKS) throw refused('too many session cookie chunks')
    chunks.push(chunk)
  }
}

function unquote(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}

function refused(why: string): MaildockError {
  return new MaildockError('session.invalid', { cause: new Error(why) })
}
