import { z } from 'zod'
import { Uuid } from './ids.ts'

/** Answer to a manual run: `queued` tells the previous result, because a run is under way or was less than 30 s ago. */
export const SyncRun = z.object({
  accountId: Uuid,
  status: z.enum(['synced', 'queued']),
  newMessages: z.int().nonnegative(),
  syncedAt: z.date().nullable(),
})
export type SyncRun = z.infer<typeof SyncRun>

/** A manual run is answered from the previous result inside this window. */
export const MANUAL_SYNC_WINDOW_MS = 30_000

export const SyncOverview = z.object({
  id: Uuid,
  email: z.string(),
  lastSyncAt: z.date().nullable(),
  syncStatus: z.enum(['idle', 'syncing', 'failed']),
  newMessageCount: z.int().nonnegative(),
})
export type SyncOverview = z.infer<typeof SyncOverview>
