import { LIVE_CHANNEL, LiveNotice } from '@maildock/core'
import type { SqlExecutor } from '../sql-executor.ts'

/**
 * Tells every `serve` process what changed, with the caller's transaction: heard when it commits, never when it rolls back. Equal
 * notices of one transaction are heard once.
 */
export async function publishLiveNotice(executor: SqlExecutor, notice: LiveNotice): Promise<void> {
  await executor.query('SELECT pg_notify($1::text, $2::text)::text', [LIVE_CHANNEL, JSON.stringify(LiveNotice.parse(notice))])
}
