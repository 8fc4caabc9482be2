import { MaildockError } from '@maildock/core'
import { errors, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose'
import { parseSessionClaims, type SessionClaims } from './session-claims.ts'

/** Secret and public keys never meet in one verifier: that is what makes "HS256, signed with the public key" impossible. */
export type TokenKeys =
  | { readonly kind: 'secret'; readonly secret: Uint8Array }
  /** @throws MaildockError service.unavailable while the keys cannot be had */
  | { readonly kind: 'jwks'; readonly findKey: JWTVerifyGetKey }

export interface TokenRules {
  /** Null: any issuer. Only for a shared secret that nobody else uses. */
  readonly issuer: string | null
  readonly audience: string
  /** Default 90 days. Bounds `exp` against `iat`, or against now. */
  readonly maxLifetimeSeconds?: number
  readonly now?: () => Date
}

export interface JwtVerifier {
  /** @throws MaildockError session.invalid, session.expired, service.unavailable */
  verify(token: string): Promise<SessionClaims>
}

const ALGORITHMS = { secret: ['HS256'], jwks: ['ES256', 'RS256', 'EdDSA'] } as const
/** RFC 9068 and RFC 7519 section 5.1. What another protocol signed with the same key (a logout token, a DPoP proof) is no session. */
const TOKEN_TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt'])
const CLOCK_TOLERANCE_SECONDS = 5
const MAX_TOKEN_LENGTH = 8192
/** RFC 7518 section 3.2: a key shorter than the hash is guessed, not broken. */
const MIN_SECRET_OCTETS = 32
const DAY_SECONDS = 86_400
const DEFAULT_MAX_LIFETIME_SECONDS = 90 * DAY_SECONDS

/**
 * Verifies session tokens (RFC 7519, by the rules of RFC 8725): signature by an explicit list of algorithms, `exp` required, `nbf`,
 * `iss` and `aud` as configured, `sub` a UUID, unknown `crit` refused. Times are allowed to be 5 s off.
 */
export function createJwtVerifier(keys: TokenKeys, rules: TokenRules): JwtVerifier {
  const now = rules.now ?? (() => new Date())
  const lifetime = {
    maxLifetimeSeconds: rules.maxLifetimeSeconds ?? DEFAULT_MAX_LIFETIME_SECONDS,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  }
  const options: JWTVerifyOptions = {
    algorithms: [...ALGORITHMS[keys.kind]],
    audience: rules.audience,
    ...(rules.issuer === null ? {} : { issuer: rules.issuer }),
    requiredClaims: ['sub', 'exp'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  }
  const findKey = toKeyFinder(keys)
  return {
    verify: async (token) => {
      if (token.length > MAX_TOKEN_LENGTH) {
        throw new MaildockError('session.invalid', { cause: new Error('the token is too long') })
      }
      const at = now()
      try {
        const { payload, protectedHeader } = await jwtVerify(token, findKey, { ...options, currentDate: at })
        if (protectedHeader.typ !== undefined && !TOKEN_TYPES.has(protectedHeader.typ.toLowerCase())) {
          throw new errors.JWTInvalid('this type of token is no session')
        }
        return parseSessionClaims(payload, lifetime, at)
      } catch (error) {
        throw translateJwtError(error)
      }
    },
  }
}

function toKeyFinder(keys: TokenKeys): JWTVerifyGetKey {
  if (keys.kind === 'jwks') return keys.findKey
  if (keys.secret.length < MIN_SECRET_OCTETS) {
    throw new Error(`The secret that signs sessions must have at least ${MIN_SECRET_OCTETS} octets.`)
  }
  const { secret } = keys
  return () => secret
}

/** What jose refuses is the token's fault; anything else is ours and stays what it is. */
function translateJwtError(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return new MaildockError('session.expired', { cause: error })
  if (error instanceof errors.JWKSInvalid) return new MaildockError('service.unavailable', { cause: error })
  if (error instanceof errors.JOSEError) return new MaildockError('session.invalid', { cause: error })
  return error
}
