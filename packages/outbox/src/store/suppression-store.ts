import type { SuppressionReason, Uuid } from '@maildock/core'
import { newId, runPrepared, type SqlExecutor } from '@maildock/db'
import { toSuppressionKey } from '../suppression-key.ts'

/** Whom not to write to again, and why. */
export interface NewSuppression {
  readonly address: string
  readonly reason: SuppressionReason
  /** Null: of no message. */
  readonly submissionId: Uuid | null
  readonly detail: string | null
}

const LIST_SUPPRESSED = {
  name: 'outbox-list-suppressed',
  text: 'SELECT address_key FROM suppression WHERE user_id = $1::uuid AND address_key = ANY($2::text[])',
}

/** Those of the addresses that are suppressed for a user, in the order given. */
export async function listSuppressed(executor: SqlExecutor, userId: Uuid, addresses: readonly string[]): Promise<readonly string[]> {
  const keys = new Map(addresses.map((address) => [address, toSuppressionKey(address)]))
  const { rows } = await runPrepared(executor, LIST_SUPPRESSED, [userId, [...new Set(keys.values())]])
  const suppressed = new Set((rows as { address_key: string }[]).map((row) => row.address_key))
  return addresses.filter((address) => suppressed.has(keys.get(address) ?? ''))
}

/** Puts addresses on a user's list, in the caller's transaction. One that is there already stays as it is. Locked in one order, so that two do not deadlock. */
export async function suppress(executor: SqlExecutor, userId: Uuid, added: readonly NewSuppression[]): Promise<void> {
  const byKey = new Map(added.map((one) => [toSuppressionKey(one.address), one]))
  for (const [key, { address, reason, submissionId, detail }] of [...byKey].toSorted(([left], [right]) => (left < right ? -1 : 1))) {
    await executor.query(
      `INSERT INTO suppression (user_id, address_key, id, address, reason, submission_id, detail)
       VALUES ($1::uuid, $2::text, $3::uuid, $4::text, $5::text, $6::uuid, $7::text) ON CONFLICT (user_id, address_key) DO NOTHING`,
      [userId, key, newId(), address, reason, submissionId, detail],
    )
  }
}
