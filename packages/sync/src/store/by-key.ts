/*
 * Rows looked up by their keys, one by one, whatever statistics PostgreSQL has (ADR 0022): what stands in LATERAL with a LIMIT is done for each row that is
 * asked for, and joins around it are by `ctid`. Account and mailbox are $1 and $2.
 */

/** Placements of this mailbox by `asked.uid`, as `found`. */
export function placementsByUid(columns: string): string {
  return `LATERAL (SELECT ${columns} FROM placement AS kept WHERE kept.account_id = $1::uuid AND kept.mailbox_id = $2::uuid
    AND kept.uid = asked.uid LIMIT 1) AS found`
}

/** The message with an id, as `message`. */
export function messageById(id: string, columns: string): string {
  return `LATERAL (SELECT ${columns} FROM message AS kept WHERE kept.account_id = $1::uuid AND kept.id = ${id} LIMIT 1) AS message`
}

/** The body of the message with an id, as `body`. */
export function bodyById(id: string, columns: string): string {
  return `LATERAL (SELECT ${columns} FROM message_body AS kept WHERE kept.account_id = $1::uuid AND kept.message_id = ${id} LIMIT 1) AS body`
}
