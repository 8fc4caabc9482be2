import type { Logger } from '@maildock/core'
import type { Pool } from 'pg'
import type { EmbeddedSignIn, SessionGate } from '../session-gate.ts'
import { CHANGE_PASSWORD_LIMITS, SIGN_IN_LIMITS, SIGN_UP_LIMITS } from './embedded/attempt-limits.ts'
import { createAttemptThrottle } from './embedded/attempt-throttle.ts'
import { createEmbeddedSessionGate } from './embedded/embedded-session-gate.ts'
import { createEmbeddedSignIn } from './embedded/embedded-sign-in.ts'
import { createPasswordHasher, type PasswordHasher } from './embedded/password-hasher.ts'
import { createSessionStore } from './embedded/session-store.ts'
import { createSessionTokens } from './embedded/session-token.ts'
import { createLazySignInLibrary } from './embedded/lazy-sign-in-library.ts'
import { createJwtSessionGate, type IssuerKeys } from './jwt-session-gate.ts'
import { createSessionCookies } from './token/session-cookie.ts'

/** Sessions of an identity provider. */
export type ExternalSessions = IssuerKeys & {
  /** Null: any issuer. Name it wherever it is known. */
  readonly issuer: string | null
  readonly audience: string
  /** Default 90 days: tokens meant to live longer are refused. */
  readonly maxLifetimeSeconds?: number
}

/** Sessions of the embedded sign-in. */
export interface EmbeddedSessions {
  readonly kind: 'embedded'
  /** At least 32 octets; the same for every process. Another secret ends all sessions, and harms nothing else. */
  readonly secret: string
  readonly issuer: string
  readonly audience: string
  readonly signUp: 'open' | 'closed'
  /** Mixed into every password's hash. Kept outside the database and never changed: without it no password can be verified again. */
  readonly passwordPepper?: string
}

export interface SessionsOptions {
  readonly mode: ExternalSessions | EmbeddedSessions
  /** Needed by the embedded sign-in alone. Not closed here. */
  readonly pool: Pool
  /** Where browsers come from: https makes the cookie Secure. */
  readonly publicUrl: string
  readonly logger: Logger
  readonly now?: () => Date
  /** Default Argon2id. */
  readonly passwords?: PasswordHasher
}

export interface Sessions {
  readonly gate: SessionGate
  /** Null with an identity provider. */
  readonly signIn: EmbeddedSignIn | null
}

/** Puts sessions together as configured. Opens nothing: the first use of a key set or of the database does. */
export function createSessions(options: SessionsOptions): Sessions {
  const { mode, logger } = options
  const gate = mode.kind === 'embedded' ? createEmbeddedGate(mode, options) : createExternalGate(mode, logger, options.now)
  return { gate, signIn: gate.embedded }
}

function createExternalGate(mode: ExternalSessions, logger: Logger, now: SessionsOptions['now']): SessionGate {
  const { issuer, audience, maxLifetimeSeconds, ...keys } = mode
  return createJwtSessionGate({
    keys,
    issuer,
    audience,
    logger,
    ...(maxLifetimeSeconds === undefined ? {} : { maxLifetimeSeconds }),
    ...(now === undefined ? {} : { now }),
  })
}

function createEmbeddedGate(mode: EmbeddedSessions, options: SessionsOptions): SessionGate {
  const { pool, publicUrl, logger } = options
  const now = options.now ?? (() => new Date())
  const passwords = options.passwords ?? createPasswordHasher(mode.passwordPepper)
  const store = createSessionStore(pool)
  const tokens = createSessionTokens({ secret: mode.secret, issuer: mode.issuer, audience: mode.audience, now })
  const embedded = createEmbeddedSignIn({
    canSignUp: mode.signUp === 'open',
    library: createLazySignInLibrary({ pool, passwords, secret: mode.secret, publicUrl, logger }),
    passwords,
    store,
    tokens,
    cookies: createSessionCookies(publicUrl),
    throttles: {
      signIn: createAttemptThrottle(pool, 'sign-in', SIGN_IN_LIMITS),
      signUp: createAttemptThrottle(pool, 'sign-up', SIGN_UP_LIMITS),
      changePassword: createAttemptThrottle(pool, 'change-password', CHANGE_PASSWORD_LIMITS),
    },
    now,
  })
  return createEmbeddedSessionGate({ embedded, store, tokens, logger, now })
}
