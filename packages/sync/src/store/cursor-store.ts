import type { SqlExecutor } from '@maildock/db'
import type { MailboxCursor } from '../plan/mailbox-cursor.ts'
import type { EpochHistory } from '../plan/plan-epoch-change.ts'
import type { MailboxKey } from './placement-store.ts'

/** The part of a mailbox's row that moves as a visit goes on. Absent fields stay as they are. */
export interface CursorChange extends Partial<Omit<MailboxCursor, 'messagesDone' | 'messagesWithheld'>> {
  /** Messages the server has. */
  readonly messagesExpected?: number
  /** The window the messages outside were counted by. Always with `messagesOutside`. */
  readonly outsideBefore?: Date | null
  /** Added to the number of stored messages. */
  readonly messagesAdded?: number
  /** Added to the number of messages that lack their source; `pending` sets it. */
  readonly pendingAdded?: number
  readonly pending?: number
  /** A visit ended well: what failed before is forgotten. */
  readonly visited?: boolean
  /** All UIDs were compared with the server's; so many differed that should not have. */
  readonly drift?: number
  /** Something does not fit: all UIDs are to be compared, at once. */
  readonly doubted?: boolean
}

/** Moves the cursor. Always in the transaction of the rows it describes. */
export async function moveCursor(client: SqlExecutor, { accountId, mailboxId }: MailboxKey, change: CursorChange): Promise<void> {
  const assignments: string[] = []
  const parameters: unknown[] = [accountId, mailboxId]
  const set = (column: string, type: string, value: unknown): void => {
    parameters.push(typeof value === 'bigint' ? value.toString() : value)
    assignments.push(`${column} = $${parameters.length}::${type}`)
  }
  const columns = [
    ['uid_validity', 'bigint', change.uidValidity],
    ['uid_next', 'bigint', change.uidNext],
    ['highest_modseq', 'bigint', change.highestModseq],
    ['cursor_low_uid', 'bigint', change.lowUid],
    ['cursor_high_uid', 'bigint', change.highUid],
    ['source_low_uid', 'bigint', change.sourceLowUid],
    ['messages_pending', 'int', change.pending],
    ['messages_expected', 'int', change.messagesExpected],
    ['messages_outside', 'int', change.messagesOutside],
    ['outside_before', 'timestamptz', change.outsideBefore],
  ] as const
  for (const [column, type, value] of columns) {
    if (value !== undefined) {
      set(column, type, value)
    }
  }
  const counts = [
    ['messages_done', change.messagesAdded ?? 0],
    ['messages_pending', change.pendingAdded ?? 0],
  ] as const
  for (const [column, added] of counts) {
    if (added !== 0) {
      parameters.push(added)
      assignments.push(`${column} = greatest(0, ${column} + $${parameters.length}::int)`)
    }
  }
  if (change.visited === true) {
    assignments.push('last_synced_at = now()', `messages_done = ${COUNT_STORED}`)
    assignments.push('error_code = NULL', 'failures = 0', 'next_attempt_at = NULL')
  }
  if (change.drift !== undefined) {
    set('drift', 'int', change.drift)
    assignments.push('compared_at = now()')
  } else if (change.doubted === true) {
    assignments.push('compared_at = NULL')
  }
  if (assignments.length > 0) {
    await client.query(`UPDATE mailbox AS visited SET ${assignments.join(', ')} WHERE account_id = $1::uuid AND id = $2::uuid`, parameters)
  }
}

const COUNT_STORED = `(SELECT count(*)::int FROM placement
  WHERE placement.account_id = visited.account_id AND placement.mailbox_id = visited.id AND placement.uid > 0)`

/**
 * Ends an epoch: the stored UIDs mean nothing any more (RFC 9051 section 2.3.1.1). The placements stay, below zero, so that their
 * messages stay listed until they are found again under their new UIDs.
 */
export async function startEpoch(client: SqlExecutor, key: MailboxKey, change: CursorChange): Promise<void> {
  const { accountId, mailboxId } = key
  await client.query(
    `WITH retired AS (
       SELECT ctid, (SELECT least(min(uid), 0) FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid)
                   - row_number() OVER (ORDER BY uid) AS retired_uid
       FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > 0)
     UPDATE placement SET uid = retired.retired_uid FROM retired WHERE placement.ctid = retired.ctid`,
    [accountId, mailboxId],
  )
  await client.query('UPDATE mailbox SET messages_done = 0 WHERE account_id = $1::uuid AND id = $2::uuid', [accountId, mailboxId])
  await client.query('DELETE FROM withheld WHERE account_id = $1::uuid AND mailbox_id = $2::uuid', [accountId, mailboxId])
  const nothing = { lowUid: null, highUid: null, uidNext: null, sourceLowUid: null, pending: 0, messagesOutside: 0, outsideBefore: null }
  await moveCursor(client, key, { ...change, ...nothing })
}

/** Keeps how often the UIDVALIDITY changed. */
export async function recordEpochChange(client: SqlExecutor, { accountId, mailboxId }: MailboxKey, history: EpochHistory): Promise<void> {
  await client.query(
    'UPDATE mailbox SET epoch_changes = $3::int, epoch_changes_since = $4::timestamptz WHERE account_id = $1::uuid AND id = $2::uuid',
    [accountId, mailboxId, history.changes, history.since],
  )
}
