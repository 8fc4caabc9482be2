import { SpecialUse, type Uuid } from '@maildock/core'
import { newId, type SqlExecutor } from '@maildock/db'
import type { MailboxCursor } from '../plan/mailbox-cursor.ts'
import type { KnownMailbox, MailboxListPlan } from '../plan/plan-mailbox-list.ts'
import { toValues } from './values.ts'

/** A mailbox as it is stored. */
export interface StoredMailbox extends KnownMailbox {
  readonly specialUse: SpecialUse | null
  readonly selectable: boolean
  readonly syncOrder: number
  /** End of the last finished visit. */
  readonly visitedAt: Date | null
  readonly cursor: MailboxCursor
}

interface MailboxRow {
  readonly id: Uuid
  readonly path: string
  readonly special_use: string | null
  readonly selectable: boolean
  readonly sync_order: number
  readonly gone: boolean
  readonly uid_validity: string | null
  readonly uid_next: string | null
  readonly highest_modseq: string | null
  readonly cursor_low_uid: string | null
  readonly cursor_high_uid: string | null
  readonly messages_done: number
  readonly last_synced_at: Date | null
}

/** All mailboxes of an account, gone ones included, in the order of synchronisation. */
export async function listStoredMailboxes(executor: SqlExecutor, accountId: Uuid): Promise<StoredMailbox[]> {
  const { rows } = await executor.query(
    `SELECT id, path, special_use, selectable, sync_order, gone_at IS NOT NULL AS gone, uid_validity::text, uid_next::text,
            highest_modseq::text, cursor_low_uid::text, cursor_high_uid::text, messages_done, last_synced_at
     FROM mailbox WHERE account_id = $1::uuid ORDER BY sync_order, path`,
    [accountId],
  )
  return (rows as MailboxRow[]).map(readMailbox)
}

function readMailbox(row: MailboxRow): StoredMailbox {
  const specialUse = SpecialUse.safeParse(row.special_use)
  return {
    id: row.id,
    path: row.path,
    specialUse: specialUse.success ? specialUse.data : null,
    selectable: row.selectable,
    syncOrder: row.sync_order,
    gone: row.gone,
    visitedAt: row.last_synced_at,
    cursor: {
      uidValidity: row.uid_validity === null ? null : BigInt(row.uid_validity),
      uidNext: row.uid_next === null ? null : Number(row.uid_next),
      highestModseq: row.highest_modseq === null ? null : BigInt(row.highest_modseq),
      lowUid: row.cursor_low_uid === null ? null : Number(row.cursor_low_uid),
      highUid: row.cursor_high_uid === null ? null : Number(row.cursor_high_uid),
      messagesDone: row.messages_done,
    },
  }
}

/** Stores what the server listed. Cursors stay: a mailbox that comes back goes on where it was. Idempotent. */
export async function saveMailboxList(client: SqlExecutor, accountId: Uuid, plan: MailboxListPlan): Promise<void> {
  const types = ['uuid', 'uuid', 'text', 'text', 'text', 'boolean', 'int']
  const rows = plan.present.map((mailbox) => [
    accountId,
    mailbox.id ?? newId(),
    mailbox.path,
    mailbox.delimiter,
    mailbox.specialUse,
    mailbox.selectable,
    mailbox.syncOrder,
  ])
  for (const { text, parameters } of toValues(types, rows)) {
    await client.query(
      `INSERT INTO mailbox AS known (account_id, id, path, delimiter, special_use, selectable, sync_order) VALUES ${text}
       ON CONFLICT (account_id, path) DO UPDATE SET delimiter = excluded.delimiter, special_use = excluded.special_use,
         selectable = excluded.selectable, sync_order = excluded.sync_order, gone_at = NULL
       WHERE (known.delimiter, known.special_use, known.selectable, known.sync_order, known.gone_at)
         IS DISTINCT FROM (excluded.delimiter, excluded.special_use, excluded.selectable, excluded.sync_order, NULL)`,
      parameters,
    )
  }
  if (plan.gone.length > 0) {
    await client.query('UPDATE mailbox SET gone_at = now() WHERE account_id = $1::uuid AND id = ANY($2::uuid[]) AND gone_at IS NULL', [
      accountId,
      [...plan.gone],
    ])
  }
}

/** The part of a mailbox's row that moves as a visit goes on. Absent fields stay as they are. */
export interface CursorChange extends Partial<Omit<MailboxCursor, 'messagesDone'>> {
  /** Messages the server has. */
  readonly messagesExpected?: number
  /** Added to the number of stored messages. */
  readonly messagesAdded?: number
  readonly visited?: boolean
}

/** Moves the cursor. Always in the transaction of the rows it describes. */
export async function moveCursor(client: SqlExecutor, accountId: Uuid, mailboxId: Uuid, change: CursorChange): Promise<void> {
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
    ['messages_expected', 'int', change.messagesExpected],
  ] as const
  for (const [column, type, value] of columns) {
    if (value !== undefined) {
      set(column, type, value)
    }
  }
  if (change.messagesAdded !== undefined && change.messagesAdded !== 0) {
    parameters.push(change.messagesAdded)
    assignments.push(`messages_done = greatest(0, messages_done + $${parameters.length}::int)`)
  }
  if (change.visited === true) {
    assignments.push('last_synced_at = now()', `messages_done = ${COUNT_STORED}`)
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
export async function startEpoch(client: SqlExecutor, accountId: Uuid, mailboxId: Uuid, change: CursorChange): Promise<void> {
  await client.query(
    `WITH retired AS (
       SELECT uid, (SELECT least(min(uid), 0) FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid)
                   - row_number() OVER (ORDER BY uid) AS retired_uid
       FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > 0)
     UPDATE placement SET uid = retired.retired_uid FROM retired
     WHERE placement.account_id = $1::uuid AND placement.mailbox_id = $2::uuid AND placement.uid = retired.uid`,
    [accountId, mailboxId],
  )
  await client.query('UPDATE mailbox SET messages_done = 0 WHERE account_id = $1::uuid AND id = $2::uuid', [accountId, mailboxId])
  await moveCursor(client, accountId, mailboxId, { ...change, lowUid: null, highUid: null, uidNext: null })
}

/** A mailbox that is missing from complete lists for so long does not come back by itself: a server's bad hour is over by then. */
const GONE_FOR_GOOD = '1 day'

/** Mailboxes that are gone for good and still hold placements. */
export async function listLongGone(executor: SqlExecutor, accountId: Uuid): Promise<readonly Uuid[]> {
  const { rows } = await executor.query(
    `SELECT id FROM mailbox WHERE account_id = $1::uuid AND gone_at < now() - $2::interval
       AND EXISTS (SELECT FROM placement WHERE placement.account_id = mailbox.account_id AND placement.mailbox_id = mailbox.id)`,
    [accountId, GONE_FOR_GOOD],
  )
  return (rows as { id: Uuid }[]).map(({ id }) => id)
}
