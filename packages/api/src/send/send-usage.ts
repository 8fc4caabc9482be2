import { MaildockError, type PlanLimits, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'

type SendLimits = Pick<PlanLimits, 'sendsPerDay' | 'sendsPerMonth'>

interface UsageRow {
  readonly today: number
  readonly month: number
  readonly until_day_ends: number
  readonly until_month_ends: number
}

/**
 * Counts one message against the quotas of a plan, in the caller's transaction: with it, it is not counted when that is rolled back. Days and months
 * are those of UTC. The row of the day is held until the end of the transaction, so that parallel requests never exceed a quota: call it last.
 * @throws MaildockError send.quota_reached, with the seconds until the day or month ends
 */
export async function countSend(executor: SqlExecutor, userId: Uuid, { sendsPerDay, sendsPerMonth }: SendLimits): Promise<void> {
  if (sendsPerDay === null && sendsPerMonth === null) {
    // Whoever may send without end does not wait for his other messages: the row would be held until each is committed.
    return
  }
  await executor.query(
    `INSERT INTO send_usage AS usage (user_id, day, count) VALUES ($1::uuid, (now() AT TIME ZONE 'UTC')::date, 1)
     ON CONFLICT (user_id, day) DO UPDATE SET count = usage.count + 1`,
    [userId],
  )
  const { rows } = await executor.query(
    `WITH clock AS (SELECT now() AT TIME ZONE 'UTC' AS now)
     SELECT coalesce(sum(count) FILTER (WHERE day = clock.now::date), 0)::int AS today, coalesce(sum(count), 0)::int AS month,
       ceil(extract(epoch FROM date_trunc('day', clock.now) + interval '1 day' - clock.now))::int AS until_day_ends,
       ceil(extract(epoch FROM date_trunc('month', clock.now) + interval '1 month' - clock.now))::int AS until_month_ends
     FROM clock LEFT JOIN send_usage ON user_id = $1::uuid AND day >= date_trunc('month', clock.now)::date AND day <= clock.now::date
     GROUP BY clock.now`,
    [userId],
  )
  const [usage] = rows as UsageRow[]
  if (usage === undefined) {
    throw new Error('The use of a quota was to be counted.')
  }
  if (sendsPerMonth !== null && usage.month > sendsPerMonth) {
    throw new MaildockError('send.quota_reached', {
      retryAfterSeconds: usage.until_month_ends,
      details: { quota: 'month', limit: sendsPerMonth },
    })
  }
  if (sendsPerDay !== null && usage.today > sendsPerDay) {
    throw new MaildockError('send.quota_reached', {
      retryAfterSeconds: usage.until_day_ends,
      details: { quota: 'day', limit: sendsPerDay },
    })
  }
}
