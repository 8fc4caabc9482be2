import { createHash } from 'node:crypto'
import { MaildockError } from '@maildock/core'
import type { MailServerLogin } from '@maildock/mail'
import type { Pool } from 'pg'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible'

/** A counted attempt. What is not reported as succeeded stays counted as failed. */
export interface VerificationAttempt {
  succeeded(): Promise<void>
}

/**
 * Bounds failed verifications, by user and by login at a target server whoever asks: this process must not be a tool for
 * guessing passwords elsewhere. Successes do not count. Counted in PostgreSQL, for all processes together; while that does
 * not answer, by this process alone.
 */
export interface VerificationAttempts {
  /** @throws MaildockError rate.limited, with the seconds to wait */
  begin(attempt: { readonly userId: string; readonly logins: readonly MailServerLogin[] }): Promise<VerificationAttempt>
}

export interface VerificationAttemptLimits {
  readonly failuresPerUser: number
  readonly failuresPerLogin: number
  readonly windowSeconds: number
}

export const DEFAULT_VERIFICATION_ATTEMPTS: VerificationAttemptLimits = { failuresPerUser: 60, failuresPerLogin: 20, windowSeconds: 600 }

export function createVerificationAttempts(
  pool: Pool,
  limits: VerificationAttemptLimits = DEFAULT_VERIFICATION_ATTEMPTS,
): VerificationAttempts {
  const perUser = openLimiter(pool, { keyPrefix: 'verify:user', points: limits.failuresPerUser, duration: limits.windowSeconds })
  const perLogin = openLimiter(pool, { keyPrefix: 'verify:login', points: limits.failuresPerLogin, duration: limits.windowSeconds })
  return {
    begin: async ({ userId, logins }) => {
      const keys = [...new Set(logins.map(toLoginKey))]
      const counted = [{ limiter: perUser, key: userId }, ...keys.map((key) => ({ limiter: perLogin, key }))]
      await Promise.all(counted.map(async ({ limiter, key }) => await consume(limiter, key)))
      return {
        succeeded: async () => {
          await Promise.all(counted.map(async ({ limiter, key }) => await limiter.reward(key)))
        },
      }
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

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) {
      throw new MaildockError('rate.limited', { retryAfterSeconds: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)) })
    }
    throw refusal
  }
}

/** A login without its name in it: keys of the limiter are stored. */
function toLoginKey({ host, username }: MailServerLogin): string {
  return createHash('sha256').update(`${host.toLowerCase()}\n${username.toLowerCase()}`).digest('base64url')
}
