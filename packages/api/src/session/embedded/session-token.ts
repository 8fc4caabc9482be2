import type { Uuid } from '@maildock/core'
import { SignJWT } from 'jose'
import { createJwtVerifier, type JwtVerifier } from '../token/jwt-verifier.ts'
import { cacheVerifiedTokens } from '../token/verified-token-cache.ts'
import { ABSOLUTE_LIFETIME_MS } from './session-lifetime.ts'

export interface SessionTokenOptions {
  readonly secret: string
  readonly issuer: string
  readonly audience: string
  readonly now: () => Date
}

export interface TokenSubject {
  readonly sessionId: Uuid
  readonly userId: Uuid
  readonly email: string | null
  /** Of the session. The token lives as long as a session can; the row decides how long it does. */
  readonly createdAt: Date
}

export interface SessionTokens extends JwtVerifier {
  issue(subject: TokenSubject): Promise<{ readonly token: string; readonly expiresAt: Date }>
}

/** Issues and verifies tokens of the same kind as an external issuer's: HS256, with the claims that Supabase Auth has. */
export function createSessionTokens(options: SessionTokenOptions): SessionTokens {
  const { issuer, audience, now } = options
  const secret = new TextEncoder().encode(options.secret)
  const rules = { issuer, audience, now, maxLifetimeSeconds: ABSOLUTE_LIFETIME_MS / 1000 }
  const verifier = cacheVerifiedTokens(createJwtVerifier({ kind: 'secret', secret }, rules), { now })
  return {
    verify: async (token) => await verifier.verify(token),
    issue: async ({ sessionId, userId, email, createdAt }) => {
      const issuedAt = Math.floor(createdAt.getTime() / 1000)
      const expires = issuedAt + ABSOLUTE_LIFETIME_MS / 1000
      const token = await new SignJWT({ session_id: sessionId, role: 'authenticated', ...(email === null ? {} : { email }) })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(userId)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expires)
        .sign(secret)
      return { token, expiresAt: new Date(expires * 1000) }
    },
  }
}
