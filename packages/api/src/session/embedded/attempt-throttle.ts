import { hash } from 'node:crypto'
import { MaildockError } from '@maildock/core'
import type { Pool } from 'pg'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import type { AttemptLimits } from './attempt-limits.ts'
import { toNetworkKey } from './network-key.ts'

export interface Attempt {
  readonly ipAddress: string
  /** The address, or the id of the user, that is tried. */
  readonly subject: string
}

export interface AttemptThrottle {
  /**
   * Counts an attempt before it is made, so that many at once cannot slip through.
   * @throws MaildockError rate.limited with the seconds to wait; service.unavailable when it cannot be counted
   */
  count(attempt: Attempt): Promise<void>
  /** Gives a successful attempt back: the pair starts anew, network and address lose one attempt. */
  forgive(attempt: Attempt): Promise<void>
}

const SCOPES = ['network', 'pair', 'address'] as const
type Scope = (typeof SCOPES)[number]

/**
 * Throttles attempts by network, by network and subject together, and by subject, in tables that all processes share. Refused attempts
 * do not lengthen a lock. Keys are hashes: neither addresses nor networks can be read from the table.
 */
export function createAttemptThrottle(pool: Pool, purpose: string, limits: AttemptLimits): AttemptThrottle {
  const tiers = SCOPES.flatMap((scope) =>
    limits[scope].map((limit) => ({ scope, limiter: openLimiter(pool, `${purpose}:${scope}`, limit) })),
  )
  return {
    count: async (attempt) => {
      for (const { scope, limiter } of tiers) {
        await consume(limiter, toKey(scope, attempt))
      }
    },
    forgive: async (attempt) => {
      for (const { scope, limiter } of tiers) {
        const key = toKey(scope, attempt)
        await (scope === 'pair' ? limiter.delete(key) : limiter.reward(key))
      }
    },
  }
}

function openLimiter(pool: Pool, purpose: string, { attempts, seconds }: { attempts: number; seconds: number }): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    schemaName: 'auth',
    tableName: 'attempt',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: `${purpose}:${seconds}`,
    points: attempts,
    duration: seconds,
  })
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw new MaildockError('service.unavailable', { cause: error })
    throw new MaildockError('rate.limited', { retryAfterSeconds: Math.max(1, Math.ceil(error.msBeforeNext / 1000)) })
  }
}

function toKey(scope: Scope, { ipAddress, subject }: Attempt): string {
  const network = toNetworkKey(ipAddress)
  switch (scope) {
    case 'network':
      return hash('sha256', network, 'base64url')
    case 'pair':
      return hash('sha256', `${network}\n${subject}`, 'base64url')
    case 'address':
      return hash('sha256', subject, 'base64url')
    default:
      return scope satisfies never
  }
}
