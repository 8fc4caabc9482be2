import type { Logger } from '@maildock/core'
import type { SessionGate } from '../session-gate.ts'
import { createJwksSource, type JwksSourceOptions } from './token/jwks-source.ts'
import { createJwtVerifier, type TokenKeys } from './token/jwt-verifier.ts'
import { readSessionToken } from './token/read-session-token.ts'
import { cacheVerifiedTokens } from './token/verified-token-cache.ts'

/** How the tokens of an external issuer are told from forgeries. */
export type IssuerKeys =
  | { readonly kind: 'secret'; readonly secret: string }
  | ({ readonly kind: 'jwks'; readonly url: string | URL } & Pick<
      JwksSourceOptions,
      'timeoutMs' | 'maxAgeMs' | 'cooldownMs' | 'maxStaleMs'
    >)

export interface JwtSessionGateOptions {
  readonly keys: IssuerKeys
  /** Null: any issuer. */
  readonly issuer: string | null
  readonly audience: string
  readonly maxLifetimeSeconds?: number
  readonly logger: Logger
  readonly now?: () => Date
}

/** Tells the sessions of an external issuer. They live until `exp`: the issuer cannot take one back earlier. */
export function createJwtSessionGate(options: JwtSessionGateOptions): SessionGate {
  const { keys, ...rules } = options
  const clock = options.now === undefined ? {} : { now: options.now }
  const verifier = cacheVerifiedTokens(createJwtVerifier(toTokenKeys(keys, options.logger, clock), rules), clock)
  return {
    embedded: null,
    authenticate: async (request) => {
      const presented = readSessionToken(request)
      if (presented === null) return null
      const { userId, email, plan, expiresAt } = await verifier.verify(presented.token)
      // The issuer's `session_id` names a row of the issuer, not one of ours.
      return { userId, email, plan, sessionId: null, via: presented.via, expiresAt }
    },
  }
}

function toTokenKeys(keys: IssuerKeys, logger: Logger, clock: { readonly now?: () => Date }): TokenKeys {
  switch (keys.kind) {
    case 'secret':
      return { kind: 'secret', secret: new TextEncoder().encode(keys.secret) }
    case 'jwks': {
      const { kind, url, ...tuning } = keys
      return { kind, findKey: createJwksSource({ ...tuning, ...clock, url: new URL(url), logger }) }
    }
    default:
      return keys satisfies never
  }
}
