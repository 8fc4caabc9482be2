import type { Uuid } from '@maildock/core'
import type { KnownThread } from './thread-groups.ts'

/** A row of `thread` as it is read: times as numbers, which cost less than dates on either side. */
export interface ThreadRow {
  readonly id: Uuid
  readonly message_count: number
  readonly first_message_ms: number
  readonly last_message_ms: number
  readonly awaits_original: boolean
}

export const THREAD_COLUMNS = `thread.id, thread.message_count, thread.awaits_original,
  date_part('epoch', thread.first_message_at) * 1000 AS first_message_ms, date_part('epoch', thread.last_message_at) * 1000 AS last_message_ms`

export function toKnownThread(row: ThreadRow): KnownThread {
  return {
    id: row.id,
    messageCount: row.message_count,
    // Seconds as a fraction are not exact to the millisecond.
    firstMessageMs: Math.round(row.first_message_ms),
    lastMessageMs: Math.round(row.last_message_ms),
    awaitsOriginal: row.awaits_original,
  }
}
