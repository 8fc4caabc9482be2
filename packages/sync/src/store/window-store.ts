import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { MessageAttributes } from '@maildock/mail'

/** When the oldest stored message of an account was received. Null: nothing is stored. */
export async function findOldestStored(executor: SqlExecutor, accountId: Uuid): Promise<Date | null> {
  const { rows } = await executor.query('SELECT min(internal_date) AS oldest FROM message WHERE account_id = $1::uuid', [accountId])
  return (rows as { oldest: Date | null }[])[0]?.oldest ?? null
}

/**
 * UIDs of messages that look like a stored one: received in the same second, of the same size. MOVE and COPY keep both (RFC 9051 sections 6.4.7
 * and 6.4.8). Not a proof: a reason to have a look at the source, which is one.
 */
export async function findAlike(executor: SqlExecutor, accountId: Uuid, attributes: readonly MessageAttributes[]): Promise<Set<number>> {
  if (attributes.length === 0) {
    return new Set()
  }
  const told = attributes.map(({ uid, internalDate, sizeOctets }) => ({ uid, internalDate, sizeOctets }))
  const { rows } = await executor.query(
    `SELECT uid::float8 AS uid FROM json_to_recordset($2::json) AS told (uid bigint, "internalDate" timestamptz, "sizeOctets" bigint)
     WHERE EXISTS (SELECT FROM message
       WHERE account_id = $1::uuid AND internal_date = told."internalDate" AND size_octets = told."sizeOctets")`,
    [accountId, JSON.stringify(told)],
  )
  return new Set((rows as { uid: number }[]).map(({ uid }) => uid))
}
