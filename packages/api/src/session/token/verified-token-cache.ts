import { hash } from 'node:crypto'
import type { JwtVerifier } from './jwt-verifier.ts'
import type { SessionClaims } from './session-claims.ts'

export interface VerifiedTokenCacheOptions {
  /** Default 10 000: about 3 MB. */
  readonly maxEntries?: number
  /** Default 60 s. A key that left the issuer's set is believed for this much longer. */
  readonly maxAgeMs?: number
  readonly now?: () => Date
}

interface Entry {
  readonly claims: SessionClaims
  readonly checkAgainAt: number
}

const DEFAULT_MAX_ENTRIES = 10_000
const DEFAULT_MAX_AGE_MS = 60_000

/**
 * Remembers which tokens were found good, so that a request costs one hash instead of one signature. Only successes are kept, under
 * the SHA-256 of the token: a memory dump holds no token, and refused tokens cannot push good ones out. Past
 * its `exp` a token is verified again, and refused.
 */
export function cacheVerifiedTokens(verifier: JwtVerifier, options: VerifiedTokenCacheOptions = {}): JwtVerifier {
  const maxEntries = options.maxEntries ?? DEFAULT_MAX_ENTRIES
  const maxAgeMs = options.maxAgeMs ?? DEFAULT_MAX_AGE_MS
  const now = options.now ?? (() => new Date())
  // A Map keeps the order of insertion: taking an entry out and putting it back makes it the youngest.
  const entries = new Map<string, Entry>()

  return {
    verify: async (token) => {
      const key = hash('sha256', token, 'base64url')
      const nowMs = now().getTime()
      const known = entries.get(key)
      entries.delete(key)
      if (known !== undefined && nowMs < known.checkAgainAt && nowMs < known.claims.expiresAt.getTime()) {
        entries.set(key, known)
        return known.claims
      }
      const claims = await verifier.verify(token)
      entries.set(key, { claims, checkAgainAt: nowMs + maxAgeMs })
      const oldest = entries.keys().next()
      if (entries.size > maxEntries && oldest.done === false) entries.delete(oldest.value)
      return claims
    },
  }
}
