import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { MessageAttributes } from '@maildock/mail'
import type { MailboxKey } from './placement-store.ts'

/** A message that is listed, and whose source is still to come. */
export interface Unsourced {
  readonly attributes: MessageAttributes
  /** Its source is stored, because the server named it by an identifier that is known: nothing has to be fetched. */
  readonly knownId: Uuid | null
}

interface UnsourcedRow {
  readonly uid: number
  readonly message_id: Uuid
  readonly internal_date: Date
  readonly size: number
  readonly email_id: string | null
  readonly is_known: boolean
}

/**
 * Listed messages below a UID, newest first, whose sources are still to come. Those that could not be had are left to the visits, which ask for
 * them in their own time; what a visit has stored, or given up, is not asked for again. A message that is in several places may have been taken
 * for another one with the same header: there each source is asked for.
 */
export async function listUnsourced(
  executor: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  { belowUid, limit }: { readonly belowUid: number; readonly limit: number },
): Promise<readonly Unsourced[]> {
  const { rows } = await executor.query(
    `SELECT uid::float8 AS uid, placement.message_id, placement.internal_date, size_octets::float8 AS size, email_id,
            email_id IS NOT NULL AND coalesce(body_state = 'stored', false) AS is_known
     FROM placement JOIN message ON message.account_id = placement.account_id AND message.id = placement.message_id
     LEFT JOIN message_body ON message_body.account_id = message.account_id AND message_body.message_id = message.id
     WHERE placement.account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > 0 AND uid < $3::bigint
       AND NOT EXISTS (SELECT FROM withheld WHERE withheld.account_id = placement.account_id AND withheld.mailbox_id = placement.mailbox_id
                         AND withheld.uid = placement.uid)
       AND (body_state IS NULL OR (body_state <> 'too_large' AND EXISTS (
             SELECT FROM placement AS other WHERE other.account_id = placement.account_id AND other.message_id = placement.message_id
               AND (other.mailbox_id, other.uid) <> (placement.mailbox_id, placement.uid))))
     ORDER BY uid DESC LIMIT $4::int`,
    [accountId, mailboxId, belowUid, limit],
  )
  return (rows as UnsourcedRow[]).map((row) => ({
    attributes: {
      uid: row.uid,
      internalDate: row.internal_date,
      sizeOctets: row.size,
      emailId: row.email_id,
      // Where it is and how it is flagged is stored already.
      flags: [],
      keywords: [],
      modseq: null,
    },
    knownId: row.is_known ? row.message_id : null,
  }))
}
