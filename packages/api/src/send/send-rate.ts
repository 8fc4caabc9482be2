import { MaildockError, type Uuid } from '@maildock/core'
import { runPrepared, type SqlExecutor } from '@maildock/db'

/** Requests of one key in one minute (contract), and of one person. */
export const SENDS_PER_MINUTE = 100

/** How the rate of a key, or of a person, stands. */
export interface SendRate {
  readonly limit: number
  /** 0: used up. */
  readonly remaining: number
  /** When the next minute begins. */
  readonly resetAt: Date
  /** Seconds until then, at least 1. */
  readonly resetAfterSeconds: number
  /** More than allowed. */
  readonly isOver: boolean
}

interface RateRow {
  readonly count: number
  readonly reset_at: Date
  readonly reset_after: number
}

/** The table is not logged: a request does not wait for the disk to be counted, and after a crash of the database a minute begins anew. */
const COUNT_REQUEST = {
  name: 'api-count-request',
  text: `INSERT INTO send_rate AS rate (api_key_id, minute, count) VALUES ($1::uuid, date_trunc('minute', clock_timestamp()), 1)
     ON CONFLICT (api_key_id) DO UPDATE SET minute = greatest(rate.minute, excluded.minute),
       count = CASE WHEN excluded.minute > rate.minute THEN 1 ELSE rate.count + 1 END
     RETURNING count, minute + interval '1 minute' AS reset_at,
       greatest(1, ceil(extract(epoch FROM minute + interval '1 minute' - clock_timestamp())))::int AS reset_after`,
}

/** Counts a request of a key, or of a person without one, for all processes together. Minutes are those of the database's clock. One statement. */
export async function countRequest(executor: SqlExecutor, callerId: Uuid, limit = SENDS_PER_MINUTE): Promise<SendRate> {
  const { rows } = await runPrepared(executor, COUNT_REQUEST, [callerId])
  const [row] = rows as RateRow[]
  if (row === undefined) {
    throw new Error('A request was to be counted.')
  }
  return {
    limit,
    remaining: Math.max(0, limit - row.count),
    resetAt: row.reset_at,
    resetAfterSeconds: row.reset_after,
    isOver: row.count > limit,
  }
}

/** @throws MaildockError rate.limited */
export function refuseOver({ isOver, resetAfterSeconds }: SendRate): void {
  if (isOver) {
    throw new MaildockError('rate.limited', { retryAfterSeconds: resetAfterSeconds })
  }
}

/** As clients of the contract read it. */
export function toRateHeaders({ limit, remaining, resetAt }: SendRate): Readonly<Record<string, string>> {
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(Math.ceil(resetAt.getTime() / 1000)),
  }
}
