import type { SyncOverview, SyncStatus, Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'

const OVERVIEW = {
  name: 'api-sync-overview',
  text: `select id, email, last_synced_at, sync_status, last_new_messages from account
         where user_id = $1 and disconnected_at is null order by created_at, id`,
}

/** The four statuses as this older contract names them: total on purpose. */
const OVERVIEW_STATUS: Record<SyncStatus, SyncOverview['syncStatus']> = {
  pending: 'idle',
  synced: 'idle',
  syncing: 'syncing',
  error: 'failed',
}

interface OverviewRow {
  readonly id: Uuid
  readonly email: string
  readonly last_synced_at: Date | null
  readonly sync_status: SyncStatus
  readonly last_new_messages: number
}

/** How each connected account of a user stands, oldest account first. */
export async function readSyncOverview({ database }: Pick<ApiDeps, 'database'>, userId: Uuid): Promise<SyncOverview[]> {
  const { rows } = await database.pool.query<OverviewRow>({ ...OVERVIEW, values: [userId] })
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    lastSyncAt: row.last_synced_at,
    syncStatus: OVERVIEW_STATUS[row.sync_status],
    newMessageCount: row.last_new_messages,
  }))
}
