import type { Uuid } from '@maildock/core'
import { inTransaction, type SqlExecutor } from '@maildock/db'
import type { RawEncoding } from '@maildock/mail'
import type { Pool } from 'pg'

/** A stored message that is to be read for what it reports. */
export interface UnreadReport {
  readonly accountId: Uuid
  readonly messageId: Uuid
}

/**
 * Notes messages that look like reports, in the transaction that stores them: they are read once that is committed, whoever dies between. Nothing is noted
 * for an account that never sent: what could a report be of.
 */
export async function queueReports(executor: SqlExecutor, accountId: Uuid, messageIds: readonly Uuid[]): Promise<void> {
  await executor.query(
    `INSERT INTO unread_report (account_id, message_id) SELECT $1::uuid, message_id FROM unnest($2::uuid[]) AS stored (message_id)
     WHERE EXISTS (SELECT FROM submission WHERE account_id = $1::uuid) ON CONFLICT DO NOTHING`,
    [accountId, messageIds],
  )
}

/** A report that was tried so often cannot be read: what it stands for is a fault of ours. */
const MAX_ATTEMPTS = 5

/**
 * Takes the report that waits longest; null when none is due. It is due again after a minute, unless it was dropped: who dies over it is followed by
 * another. One that nobody could read is dropped here.
 */
export async function takeReport(pool: Pool): Promise<UnreadReport | null> {
  return inTransaction(pool, async (client) => {
    await client.query('DELETE FROM unread_report WHERE due_at <= clock_timestamp() AND attempts >= $1::int', [MAX_ATTEMPTS])
    const { rows } = await client.query<UnreadReport>(
      `UPDATE unread_report SET attempts = attempts + 1, due_at = clock_timestamp() + interval '1 minute'
       WHERE (account_id, message_id) = (SELECT account_id, message_id FROM unread_report WHERE due_at <= clock_timestamp()
         ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING account_id AS "accountId", message_id AS "messageId"`,
    )
    return rows[0] ?? null
  })
}

export async function dropReport(executor: SqlExecutor, { accountId, messageId }: UnreadReport): Promise<void> {
  await executor.query('DELETE FROM unread_report WHERE account_id = $1::uuid AND message_id = $2::uuid', [accountId, messageId])
}

/** Stored octets of a source: a message that came back whole fits in, and reading it keeps nobody waiting for long. */
const MAX_STORED_OCTETS = 33_554_432

/** The source of a report as it is stored; null when it is gone, too large, or was never stored. */
export async function findReportSource(
  executor: SqlExecutor,
  { accountId, messageId }: UnreadReport,
): Promise<{ readonly raw: Buffer; readonly encoding: RawEncoding } | null> {
  const { rows } = await executor.query(
    `SELECT raw, raw_encoding AS encoding FROM message_body WHERE account_id = $1::uuid AND message_id = $2::uuid AND octet_length(raw) <= $3::int`,
    [accountId, messageId, MAX_STORED_OCTETS],
  )
  const [row] = rows as { raw: Buffer; encoding: RawEncoding }[]
  return row ?? null
}
