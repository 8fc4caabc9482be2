import { createHash } from 'node:crypto'
import { MaildockError, type VerificationFailure } from '@maildock/core'
import type { MailServerLogin } from '@maildock/mail'
import type { Pool } from 'pg'
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterAbstract } from 'rate-limiter-flexible'

export interface VerificationTry {
  readonly userId: string
  readonly imap: MailServerLogin
  readonly smtp: MailServerLogin
}

/**
 * Bounds failed verifications: of one user, whatever the reason (nobody scans hosts and ports from here), and of one login at a
 * server, whoever tries it (nobody guesses passwords from here). Successes do not count. Counted in PostgreSQL for all processes
 * together; while that does not answer, by this process alone. How many run at once is bounded elsewhere: by the slots.
 */
export interface VerificationAttempts {
  /** @throws MaildockError rate.limited, with the seconds to wait */
  assertMayTry(attempt: VerificationTry): Promise<void>
  countFailures(attempt: VerificationTry, failures: readonly VerificationFailure[]): Promise<void>
}

export interface VerificationAttemptLimits {
  readonly failuresPerUser: number
  readonly failuresPerLogin: number
  readonly windowSeconds: number
}

export const DEFAULT_VERIFICATION_ATTEMPTS: VerificationAttemptLimits = { failuresPerUser: 300, failuresPerLogin: 30, windowSeconds: 600 }

export function createVerificationAttempts(
  pool: Pool,
  limits: VerificationAttemptLimits = DEFAULT_VERIFICATION_ATTEMPTS,
): VerificationAttempts {
  const perUser = openLimiter(pool, { keyPrefix: 'verify:user', points: limits.failuresPerUser, duration: limits.windowSeconds })
  const perLogin = openLimiter(pool, { keyPrefix: 'verify:login', points: limits.failuresPerLogin, duration: limits.windowSeconds })
  return {
    assertMayTry: async ({ userId, imap, smtp }) => {
      const logins = new Set([imap, smtp].map(toLoginKey))
      await Promise.all([assertBelow(perUser, userId), ...[...logins].map(async (key) => await assertBelow(perLogin, key))])
    },
    countFailures: async (attempt, failures) => {
      const guessed = new Set(failures.filter(({ stage }) => stage === 'auth').map(({ protocol }) => toLoginKey(attempt[protocol])))
      await Promise.all([perUser.penalty(attempt.userId), ...[...guessed].map(async (key) => await perLogin.penalty(key))])
    },
  }
}

/** Counts in the table that the migrations made for counted attempts. */
function openLimiter(pool: Pool, options: { keyPrefix: string; points: number; duration: number }): RateLimiterAbstract {
  return new RateLimiterPostgres({
    ...options,
    storeClient: pool,
    storeType: 'pool',
    schemaName: 'auth',
    tableName: 'attempt',
    tableCreated: true,
    clearExpiredByTimeout: false,
    insuranceLimiter: new RateLimiterMemory(options),
  })
}

async function assertBelow(limiter: RateLimiterAbstract, key: string): Promise<void> {
  const counted = await limiter.get(key)
  if (counted !== null && counted.consumedPoints >= limiter.points) {
    throw new MaildockError('rate.limited', { retryAfterSeconds: Math.max(1, Math.ceil(counted.msBeforeNext / 1000)) })
  }
}

/** A login without its name in it: keys of the limiter are stored. */
function toLoginKey({ host, username }: MailServerLogin): string {
  return createHash('sha256').update(`${host.toLowerCase()}\n${username.toLowerCase()}`).digest('base64url')
}
