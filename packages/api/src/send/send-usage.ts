import { MaildockError, type PlanLimits, type Uuid } from '@maildock/core'
import { runPrepared, type SqlExecutor } from '@maildock/db'

type SendLimits = Pick<PlanLimits, 'sendsPerDay' | 'sendsPerMonth'>

interface UsageRow {
  readonly today: number
  readonly month: number
  readonly until_day_ends: number
  readonly until_month_ends: number
}

/** Whether a plan has an end at all. Whoever may send without one does not wait for his other messages: the row would be held until each is committed. */
export function hasSendQuota({ sendsPerDay, sendsPerMonth }: SendLimits): boolean {
  return sendsPerDay !== null || sendsPerMonth !== null
}

/** The days before are over: nobody counts there any more. */
const COUNT_SEND = {
  name: 'api-count-send',
  text: `WITH clock AS (SELECT now() AT TIME ZONE 'UTC' AS now),
     counted AS (
       INSERT INTO send_usage AS usage (user_id, day, count) SELECT $1::uuid, now::date, 1 FROM clock
       ON CONFLICT (user_id, day) DO UPDATE SET count = usage.count + 1 RETURNING count)
     SELECT counted.count AS today, counted.count + (SELECT coalesce(sum(before.count), 0) FROM send_usage AS before
         WHERE before.user_id = $1::uuid AND before.day >= date_trunc('month', clock.now)::date AND before.day < clock.now::date)::int AS month,
       ceil(extract(epoch FROM date_trunc('day', clock.now) + interval '1 day' - clock.now))::int AS until_day_ends,
       ceil(extract(epoch FROM date_trunc('month', clock.now) + interval '1 month' - clock.now))::int AS until_month_ends
     FROM clock, counted`,
}

/**
 * Counts one message against the quotas of a plan, in the caller's transaction: with it, it is not counted when that is rolled back. Days and months
 * are those of UTC. The row of the day is held until the end of the transaction, so that parallel requests never exceed a quota: call it last.
 * @throws MaildockError send.quota_reached, with the seconds until the day or month ends
 */
export async function countSend(executor: SqlExecutor, userId: Uuid, limits: SendLimits): Promise<void> {
  if (!hasSendQuota(limits)) {
    return
  }
  const { sendsPerDay, sendsPerMonth } = limits
  const { rows } = await runPrepared(executor, COUNT_SEND, [userId])
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
