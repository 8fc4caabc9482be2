import { AsyncLocalStorage } from 'node:async_hooks'
import { hkdfSync } from 'node:crypto'
import { PASSWORD_LENGTH, type Logger, type Uuid } from '@maildock/core'
import { newId } from '@maildock/db'
import { betterAuth, type BetterAuthOptions } from 'better-auth'
import { isAPIError } from 'better-auth/api'
import { Kysely, PostgresDialect } from 'kysely'
import type { Pool } from 'pg'
import type { PasswordHasher } from './password-hasher.ts'
import { IDLE_LIFETIME_MS } from './session-lifetime.ts'
import { createWorkLimit } from './work-limit.ts'

/** What of the sign-in library is used: it checks a password, or stores a user, and begins a session. */
export interface SignInLibrary {
  signUp(input: { readonly email: string; readonly password: string; readonly name: string }): Promise<SignInOutcome>
  signIn(input: { readonly email: string; readonly password: string }): Promise<SignInOutcome>
}

/** `refused`: the expected negative, told without a reason. */
export type SignInOutcome = { readonly kind: 'refused' } | BegunSession

export interface BegunSession {
  readonly kind: 'begun'
  readonly userId: Uuid
  readonly email: string
  /** The library's handle of the new session. */
  readonly token: string
  /** The stored hash that the password was found to match. */
  readonly passwordHash: string
}

export interface SignInLibraryOptions {
  readonly pool: Pool
  readonly passwords: PasswordHasher
  readonly secret: string
  readonly publicUrl: string
  readonly logger: Logger
}

/** A sign-up holds a connection in a transaction while it hashes: a flood of them must not hold them all. */
const MAX_SIGN_UPS = 2
const MAX_WAITING_SIGN_UPS = 50

/** 400 and 401 for a sign-in, 422 for a sign-up: everything else is a fault. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 422])

/**
 * better-auth: e-mail and password, its core alone, on tables in schema `auth`. Its HTTP handler is not mounted and its cookies are
 * not used; throttling, tokens and the life of a session are ours. It does the work of a hash for unknown users by itself.
 */
export function createSignInLibrary(options: SignInLibraryOptions): SignInLibrary {
  const limitSignUps = createWorkLimit(MAX_SIGN_UPS, MAX_WAITING_SIGN_UPS)
  const proof = new AsyncLocalStorage<{ passwordHash: string | null }>()
  const auth = configure(options, {
    hash: async (password) => remember(await options.passwords.hash(password)),
    verify: async (stored, password) => {
      remember(stored)
      return await options.passwords.verify(stored, password)
    },
  })

  function remember(passwordHash: string): string {
    const store = proof.getStore()
    if (store !== undefined) store.passwordHash = passwordHash
    return passwordHash
  }

  async function begin(call: () => Promise<{ token: string | null; user: { id: string; email: string } }>): Promise<SignInOutcome> {
    const seen: { passwordHash: string | null } = { passwordHash: null }
    try {
      const { token, user } = await proof.run(seen, call)
      if (token === null || seen.passwordHash === null) throw new Error('The sign-in library began no session.')
      return { kind: 'begun', userId: user.id, email: user.email, token, passwordHash: seen.passwordHash }
    } catch (error) {
      if (isAPIError(error) && REFUSALS.has(error.statusCode)) return { kind: 'refused' }
      throw error
    }
  }

  return {
    signIn: async (body) => await begin(async () => await auth.api.signInEmail({ body })),
    signUp: async (body) => {
      const outcome = await limitSignUps(async () => await begin(async () => await auth.api.signUpEmail({ body })))
      if (outcome.kind === 'refused') await assertTaken(options.pool, body.email)
      return outcome
    },
  }
}

/** The library answers "not processable" to a lost database as well. @throws Error when the address is free, and so not the reason */
async function assertTaken(pool: Pool, email: string): Promise<void> {
  const { rowCount } = await pool.query('SELECT 1 FROM auth."user" WHERE email = $1', [email.toLowerCase()])
  if (rowCount === 0) throw new Error('The sign-in library could not store a new user.')
}

function configure({ pool, secret, publicUrl, logger }: SignInLibraryOptions, passwords: PasswordHasher) {
  return betterAuth({
    ...signInLibraryOptions(),
    baseURL: publicUrl,
    // It signs nothing that we use; still no two purposes share a key.
    secret: Buffer.from(hkdfSync('sha256', secret, '', 'maildock better-auth', 32)).toString('base64url'),
    database: { db: new Kysely({ dialect: new PostgresDialect({ pool }) }), type: 'postgres', schemaName: 'auth', transaction: true },
    // Its messages below `error` name addresses.
    logger: { level: 'error', disableColors: true, log: (_level, message) => logger.error({ library: 'better-auth' }, message) },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
      password: {
        hash: async (password) => await passwords.hash(password),
        verify: async ({ hash, password }) => await passwords.verify(hash, password),
      },
    },
  })
}

/** What decides the tables: the names of their columns, and the ids. */
export function signInLibraryOptions() {
  const times = { createdAt: 'created_at', updatedAt: 'updated_at' }
  return {
    appName: 'Maildock',
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    user: { fields: { ...times, emailVerified: 'email_verified' } },
    session: {
      expiresIn: IDLE_LIFETIME_MS / 1000,
      fields: { ...times, userId: 'user_id', expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent' },
    },
    account: {
      fields: {
        ...times,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { fields: { ...times, expiresAt: 'expires_at' } },
    advanced: { database: { generateId: () => newId() } },
  } satisfies BetterAuthOptions
}
