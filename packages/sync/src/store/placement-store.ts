import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { MessageFlags, UidRange } from '@maildock/mail'
import type { Likeness } from '../plan/plan-renames.ts'
import type { MailboxCursor } from '../plan/mailbox-cursor.ts'
import { messageById, placementsByUid } from './by-key.ts'
import { IS_NOT_LISTED } from './withheld-store.ts'

/** Where placements are. */
export interface MailboxKey {
  readonly accountId: Uuid
  readonly mailboxId: Uuid
}

/** UIDs of this epoch that are stored, ascending, after `afterUid`, at most `limit`. */
export async function listStoredUids(
  executor: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  { afterUid = 0, limit = null }: { readonly afterUid?: number; readonly limit?: number | null } = {},
): Promise<number[]> {
  const { rows } = await executor.query(
    `SELECT string_agg(uid::text, ',' ORDER BY uid) AS uids FROM (
       SELECT uid FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > $3::bigint ORDER BY uid LIMIT $4::int) AS stored`,
    [accountId, mailboxId, afterUid, limit],
  )
  return readUids(rows)
}

/** Stored UIDs outside of the cursor's window: what a visit stored before it was interrupted. */
export async function listUidsOutsideWindow(
  executor: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  { lowUid, highUid }: Pick<MailboxCursor, 'lowUid' | 'highUid'>,
): Promise<ReadonlySet<number>> {
  const { rows } = await executor.query(
    `SELECT string_agg(uid::text, ',') AS uids FROM (
       (SELECT uid FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > 0 AND uid < $3::bigint ORDER BY uid)
       UNION ALL
       (SELECT uid FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > $4::bigint ORDER BY uid)) AS outside`,
    [accountId, mailboxId, lowUid ?? 0, highUid ?? 0],
  )
  return new Set(readUids(rows))
}

/** A million UIDs as one text are 8 MB; as rows of their own they would be ten times that. */
function readUids(rows: readonly unknown[]): number[] {
  const [row] = rows as { readonly uids: string | null }[]
  const text = row?.uids ?? ''
  const uids: number[] = []
  for (let start = 0; start < text.length;) {
    const comma = text.indexOf(',', start)
    const end = comma < 0 ? text.length : comma
    uids.push(Number(text.slice(start, end)))
    start = end + 1
  }
  return uids
}

/**
 * Takes messages out of a mailbox. A message that is in no mailbox then is marked, not deleted: it may have been moved to one that is
 * visited later, and keeps its id.
 * @returns how many placements there were
 */
export async function removePlacements(
  client: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  uids: readonly number[],
): Promise<number> {
  const { rows } = await client.query(
    `DELETE FROM placement WHERE ctid = ANY(ARRAY(
       SELECT found.ctid FROM unnest($3::bigint[]) AS asked (uid) CROSS JOIN ${placementsByUid('ctid')})) RETURNING message_id`,
    [accountId, mailboxId, [...uids]],
  )
  const messageIds = (rows as { message_id: Uuid }[]).map((row) => row.message_id)
  await markOrphans(client, accountId, messageIds)
  return messageIds.length
}

/**
 * Takes messages out of a mailbox by ranges of UIDs, however wide, and forgets those that were withheld.
 * @returns how many there were of either; a withheld one that was listed counts as removed
 */
export async function removeRanges(
  client: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  ranges: readonly UidRange[],
): Promise<{ readonly removed: number; readonly forgotten: number }> {
  const parameters = [accountId, mailboxId, ranges.map(({ from }) => from), ranges.map(({ to }) => to)]
  const gone = 'FROM unnest($3::bigint[], $4::bigint[]) AS gone (lowest, highest)'
  // First: afterwards nothing tells any more which of them were listed.
  const { rows: forgotten } = await client.query(
    `DELETE FROM withheld WHERE account_id = $1::uuid AND mailbox_id = $2::uuid
       AND EXISTS (SELECT ${gone} WHERE withheld.uid BETWEEN gone.lowest AND gone.highest) RETURNING ${IS_NOT_LISTED} AS unlisted`,
    parameters,
  )
  const { rows } = await client.query(
    `DELETE FROM placement WHERE ctid = ANY(ARRAY(SELECT here.ctid ${gone} CROSS JOIN LATERAL (
       SELECT ctid FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid BETWEEN gone.lowest AND gone.highest
       ORDER BY uid) AS here)) RETURNING message_id`,
    parameters,
  )
  const messageIds = (rows as { message_id: Uuid }[]).map((row) => row.message_id)
  await markOrphans(client, accountId, messageIds)
  return { removed: messageIds.length, forgotten: (forgotten as { unlisted: boolean }[]).filter(({ unlisted }) => unlisted).length }
}

/** What names the newest messages of a mailbox without their sources, at most `limit`, newest first. */
export async function listLikenesses(executor: SqlExecutor, { accountId, mailboxId }: MailboxKey, limit: number): Promise<Likeness[]> {
  const { rows } = await executor.query(
    `SELECT uid::float8 AS uid, message.size_octets::float8 AS "sizeOctets", newest.internal_date AS "internalDate" FROM (
       SELECT uid, message_id, internal_date FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > 0
       ORDER BY uid DESC LIMIT $3::int) AS newest
     CROSS JOIN ${messageById('newest.message_id', 'size_octets')} ORDER BY uid DESC`,
    [accountId, mailboxId, limit],
  )
  return rows as Likeness[]
}

/** How many messages of this epoch are stored or withheld. */
export async function countKnown(executor: SqlExecutor, { accountId, mailboxId }: MailboxKey): Promise<number> {
  const { rows } = await executor.query(
    `SELECT (SELECT count(*) FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > 0)::int
          + (SELECT count(*) FROM withheld WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND ${IS_NOT_LISTED})::int AS known`,
    [accountId, mailboxId],
  )
  return (rows as { known: number }[])[0]?.known ?? 0
}

/** Placements of ended epochs, once a complete list of the present one is stored: what was not found again is gone. */
export async function removeEndedEpochs(client: SqlExecutor, key: MailboxKey): Promise<void> {
  await removeWhere(client, key, 'uid < 0')
}

/** Everything of a mailbox that is gone for good. */
export async function removeAllPlacements(client: SqlExecutor, key: MailboxKey): Promise<void> {
  await removeWhere(client, key, 'true')
}

async function removeWhere(client: SqlExecutor, { accountId, mailboxId }: MailboxKey, condition: 'uid < 0' | 'true'): Promise<void> {
  const { rows } = await client.query(
    `DELETE FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND ${condition} RETURNING message_id`,
    [accountId, mailboxId],
  )
  await markOrphans(
    client,
    accountId,
    (rows as { message_id: Uuid }[]).map((row) => row.message_id),
  )
}

/** Marks messages that are in no mailbox any more. */
export async function markOrphans(client: SqlExecutor, accountId: Uuid, messageIds: readonly Uuid[]): Promise<void> {
  if (messageIds.length === 0) {
    return
  }
  await client.query(
    `UPDATE message SET orphaned_at = now() WHERE ctid = ANY(ARRAY(
       SELECT message.ctid FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN ${messageById('asked.id', 'ctid')}
       LEFT JOIN LATERAL (SELECT true AS held FROM placement WHERE account_id = $1::uuid AND message_id = asked.id LIMIT 1) AS place ON true
       WHERE place.held IS NULL))`,
    [accountId, [...messageIds]],
  )
}

/** Stores flags where they differ. @returns how many did */
export async function updateFlags(
  client: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  rows: readonly MessageFlags[],
): Promise<number> {
  const changes = rows.map(({ uid, flags, keywords, modseq }) => ({ uid, flags, keywords, modseq: modseq?.toString() ?? null }))
  const { rows: changed } = await client.query(
    `UPDATE placement SET flags = asked.flags, keywords = asked.keywords, modseq = coalesce(asked.modseq, placement.modseq)
     FROM json_to_recordset($3::json) AS asked (uid bigint, flags text[], keywords text[], modseq bigint) CROSS JOIN ${placementsByUid('ctid')}
     WHERE placement.ctid = found.ctid AND (placement.flags, placement.keywords) IS DISTINCT FROM (asked.flags, asked.keywords)
     RETURNING placement.uid`,
    [accountId, mailboxId, JSON.stringify(changes)],
  )
  return changed.length
}
