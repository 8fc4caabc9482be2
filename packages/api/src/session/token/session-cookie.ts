import { SESSION_COOKIE } from './read-session-token.ts'

export interface SessionCookies {
  /** A complete Set-Cookie value that signs in. */
  readonly keep: (token: string, maxAgeSeconds: number) => string
  /** A complete Set-Cookie value that signs out. */
  readonly clear: () => string
}

/**
 * Makes Set-Cookie values (RFC 6265 section 4.1): out of reach for scripts, not sent along with foreign forms, never over plain HTTP
 * where browsers come by HTTPS, and without Domain, so that no sibling host receives it.
 */
export function createSessionCookies(publicUrl: string): SessionCookies {
  const secure = new URL(publicUrl).protocol === 'https:' ? '; Secure' : ''
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure}`
  return {
    keep: (token, maxAgeSeconds) => `${SESSION_COOKIE}=${token}; Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}; ${attributes}`,
    clear: () => `${SESSION_COOKIE}=; Max-Age=0; ${attributes}`,
  }
}
