import { silentLogger, type Logger } from '@maildock/core'
import { openPool } from '@maildock/db'
import type { Pool } from 'pg'
import { createSessions, type EmbeddedSessions } from '../../src/session/create-sessions.ts'
import { createPasswordHasher, type PasswordHasher } from '../../src/session/embedded/password-hasher.ts'
import type { EmbeddedSignIn, Session, SessionGate, SignInOrigin } from '../../src/session-gate.ts'

export const SECRET = 'a secret of the tests, longer than 32 octets'
export const PASSWORD = 'correct horse battery staple'
export const LAPTOP: SignInOrigin = { ipAddress: '192.0.2.1', userAgent: 'Laptop/1.0' }
export const PHONE: SignInOrigin = { ipAddress: '192.0.2.2', userAgent: 'Phone/2.0' }

export interface CountingHasher extends PasswordHasher {
  /** How often Argon2id was computed. */
  readonly computed: () => number
}

/** The real hasher, counted: what an attacker could measure is how often it runs. */
export function countPasswordWork(hasher: PasswordHasher = createPasswordHasher()): CountingHasher {
  let computed = 0
  return {
    computed: () => computed,
    hash: async (password) => {
      computed += 1
      return await hasher.hash(password)
    },
    verify: async (stored, password) => {
      computed += 1
      return await hasher.verify(stored, password)
    },
  }
}

/** Cheap, for tests that try a thousand times and are about something else. */
export const cheapHasher: PasswordHasher = {
  hash: async (password) => await Promise.resolve(toCheapHash(password)),
  verify: async (stored, password) => await Promise.resolve(stored === toCheapHash(password)),
}

function toCheapHash(password: string): string {
  return `$argon2id$test$${Buffer.from(password).toString('base64')}`
}

export interface SessionProcess extends AsyncDisposable {
  readonly pool: Pool
  readonly gate: SessionGate
  readonly signIn: EmbeddedSignIn
  /** The session of a Set-Cookie value, as this process sees it. */
  readonly authenticate: (setCookie: string) => Promise<Session | null>
  /** The same, where there must be one. */
  readonly session: (setCookie: string) => Promise<Session>
}

export interface SessionProcessOptions {
  readonly mode?: Partial<EmbeddedSessions>
  readonly publicUrl?: string
  readonly passwords?: PasswordHasher
  readonly now?: () => Date
  readonly logger?: Logger
}

/** One process with its own pool and nothing shared with others but the database. */
export function openSessionProcess(connectionString: string, options: SessionProcessOptions = {}): SessionProcess {
  const { mode, publicUrl = 'http://localhost:3000', logger = silentLogger, ...rest } = options
  const pool = openPool({ connectionString, applicationName: 'session-test', maxConnections: 8, logger: silentLogger })
  const { gate, signIn } = createSessions({
    ...rest,
    mode: { kind: 'embedded', secret: SECRET, issuer: 'maildock', audience: 'authenticated', signUp: 'open', ...mode },
    pool,
    publicUrl,
    logger,
  })
  if (signIn === null) throw new Error('The embedded sign-in is missing.')
  const authenticate = async (setCookie: string): Promise<Session | null> =>
    await gate.authenticate({ cookieHeader: cookieOf(setCookie), authorizationHeader: undefined })
  return {
    pool,
    gate,
    signIn,
    authenticate,
    session: async (setCookie) => {
      const session = await authenticate(setCookie)
      if (session === null) throw new Error('There is no session.')
      return session
    },
    [Symbol.asyncDispose]: async () => await pool.end(),
  }
}

/** What a browser sends back of a Set-Cookie value. */
export function cookieOf(setCookie: string): string {
  return setCookie.split(';', 1)[0] ?? ''
}

let users = 0

/** An address nobody has used in this run. */
export function freshAddress(): string {
  users += 1
  return `person-${users}@example.com`
}

let networks = 0

/** An address of a network (TEST-NET-3 and on) from which nothing came in this run. */
export function freshNetwork(): string {
  networks += 1
  return `203.0.${113 + (networks >> 8)}.${networks & 255}`
}
