import type { SqlExecutor } from '@maildock/db'
import type { Session } from '../session-gate.ts'

/** Locked in one order: two sessions that note different plans at once wait for each other, and do not deadlock. */
const KEEP = `update api_key set plan = $2::text where id in (
  select id from api_key where user_id = $1 and plan is distinct from $2::text order by id for update)`

/**
 * Notes with every key of a user the plan that a session of the user tells now: a key names none by itself (docs/adr/0023). Nothing is written
 * where it is known already. Idempotent.
 */
export async function keepOwnerPlan(executor: SqlExecutor, { userId, plan }: Pick<Session, 'userId' | 'plan'>): Promise<void> {
  await executor.query(KEEP, [userId, plan])
}
