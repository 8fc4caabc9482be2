import type { Pool } from 'pg'
import { vi } from 'vitest'

/** Resolves when some statement of this database that contains `text` waits for a lock. */
export async function waitForBlockedQuery(pool: Pool, text: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rowCount } = await pool.query(
        `SELECT 1 FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND position($1 IN query) > 0`,
        [text],
      )
      if (rowCount === 0) throw new Error(`No statement with "${text}" waits for a lock.`)
    },
    { timeout: 10_000, interval: 10 },
  )
}
