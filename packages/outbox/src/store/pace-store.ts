import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { SubmissionRate } from '@maildock/mail'

/** After a refusal, in minutes: for longer each time it is said again soon. */
const PAUSES_MINUTES: readonly number[] = [1, 5, 15, 60]

/** A refusal so long after the last pause is the first one again. */
const FORGOTTEN = "interval '1 hour'"

/** Until when the account of a row is held back; null when it is not. What was said before servers or credentials were changed counts no more. @param accountId how SQL names the account */
export function pausedUntil(accountId: string): string {
  return `(SELECT greatest(CASE WHEN pace.revision = paced.revision THEN not_before END, slot_free_at)
    FROM send_pace AS pace JOIN account AS paced ON paced.id = pace.account_id
    WHERE pace.account_id = ${accountId}
      AND greatest(CASE WHEN pace.revision = paced.revision THEN not_before END, slot_free_at) > clock_timestamp())`
}

/** Holds of an account, by how SQL names it, that was held back a while ago: it is tried by one at a time. */
export function isTriedAgain(accountId: string): string {
  return `EXISTS (SELECT FROM send_pace AS pace WHERE pace.account_id = ${accountId} AND not_before > clock_timestamp() - ${FORGOTTEN})`
}

/**
 * Holds an account back as a whole: its server has said that it sends too much. For as long as the server wishes, or for 1, 5, 15 and then 60 minutes. What was
 * under way when the pause began counts once.
 */
export async function pauseAccount(executor: SqlExecutor, accountId: Uuid, wishMs: number): Promise<void> {
  await executor.query(
    `INSERT INTO send_pace AS pace (account_id, revision, refusals, not_before)
     SELECT id, account.revision, 1, clock_timestamp() + greatest(($2::int[])[1] * interval '1 minute', $3::float8 * interval '1 millisecond')
     FROM account WHERE id = $1::uuid
     ON CONFLICT (account_id) DO UPDATE SET (revision, refusals, not_before) = (
       SELECT excluded.revision, counted, CASE WHEN is_running THEN greatest(pace.not_before, clock_timestamp() + wish)
         ELSE clock_timestamp() + greatest(($2::int[])[least(counted, cardinality($2::int[]))] * interval '1 minute', wish) END
       FROM (SELECT wish, is_running, CASE WHEN is_running THEN pace.refusals
           WHEN pace.revision = excluded.revision AND pace.not_before > clock_timestamp() - ${FORGOTTEN} THEN pace.refusals + 1 ELSE 1 END AS counted
         FROM (SELECT $3::float8 * interval '1 millisecond' AS wish,
           pace.revision = excluded.revision AND pace.not_before > clock_timestamp() AS is_running) AS known) AS judged)`,
    [accountId, PAUSES_MINUTES, wishMs],
  )
}

/** How far ahead of its time the last slot of a burst is. */
const AHEAD = "($3::int - 1) * interval '1 minute' / $2::int"
/** By one clock for the whole statement: that of its beginning. */
const HAS_SLOT = `pace.slot_at <= statement_timestamp() + ${AHEAD}`

/**
 * Takes the right to send one message of an account whose server keeps to a pace, for all processes together (the generic cell rate algorithm). Where there is none, the
 * account is held back until there is. @returns whether there was one
 */
export async function takeSlot(executor: SqlExecutor, accountId: Uuid, { perMinute, burst }: SubmissionRate): Promise<boolean> {
  const { rows } = await executor.query(
    `INSERT INTO send_pace AS pace (account_id, slot_at) VALUES ($1::uuid, statement_timestamp() + interval '1 minute' / $2::int)
     ON CONFLICT (account_id) DO UPDATE SET
       slot_at = CASE WHEN ${HAS_SLOT} THEN greatest(pace.slot_at, statement_timestamp()) + interval '1 minute' / $2::int ELSE pace.slot_at END,
       slot_free_at = CASE WHEN ${HAS_SLOT} THEN '-infinity' ELSE pace.slot_at - ${AHEAD} END
     RETURNING slot_free_at = '-infinity' AS taken`,
    [accountId, perMinute, burst],
  )
  const [row] = rows as { taken: boolean }[]
  return row?.taken === true
}
