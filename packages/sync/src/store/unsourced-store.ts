import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { MessageAttributes } from '@maildock/mail'
import { bodyById, messageById } from './by-key.ts'
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
  readonly is_unsourced: boolean
}

/** What a look at some listed messages found. */
export interface UnsourcedLook {
  /** Those whose sources are still to come, newest first. */
  readonly unsourced: readonly Unsourced[]
  /** The lowest UID that was looked at. Null: there is none below. */
  readonly lowestUid: number | null
}

/**
 * Looks at so many listed messages below a UID, newest first. Those that could not be had are left to the visits, which ask for them in their own
 * time; what a visit has stored, or given up, is not asked for again. A message that is in several places may have been taken for another
 * one with the same header: there each source is asked for.
 */
export async function lookForUnsourced(
  executor: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  { belowUid, limit }: { readonly belowUid: number; readonly limit: number },
): Promise<UnsourcedLook> {
  const { rows } = await executor.query(
    `SELECT listed.uid::float8 AS uid, listed.message_id, listed.internal_date, message.size_octets::float8 AS size, message.email_id,
            message.email_id IS NOT NULL AND coalesce(body.body_state = 'stored', false) AS is_known,
            withheld.uid IS NULL AND (body.body_state IS NULL OR (body.body_state <> 'too_large' AND other.uid IS NOT NULL)) AS is_unsourced
     FROM (SELECT uid, message_id, internal_date FROM placement
           WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid > 0 AND uid < $3::bigint ORDER BY uid DESC LIMIT $4::int) AS listed
     CROSS JOIN ${messageById('listed.message_id', 'size_octets, email_id')}
     LEFT JOIN ${bodyById('listed.message_id', 'body_state')} ON true
     LEFT JOIN LATERAL (SELECT uid FROM withheld WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid = listed.uid LIMIT 1) AS withheld ON true
     LEFT JOIN LATERAL (SELECT uid FROM placement WHERE account_id = $1::uuid AND message_id = listed.message_id
       AND ((mailbox_id, uid) <> ($2::uuid, listed.uid)) LIMIT 1) AS other ON true
     ORDER BY listed.uid DESC`,
    [accountId, mailboxId, belowUid, limit],
  )
  const looked = rows as UnsourcedRow[]
  return { unsourced: looked.filter((row) => row.is_unsourced).map(readUnsourced), lowestUid: looked.at(-1)?.uid ?? null }
}

function readUnsourced(row: UnsourcedRow): Unsourced {
  return {
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
  }
}
