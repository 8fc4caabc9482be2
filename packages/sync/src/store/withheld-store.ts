import type { SqlExecutor } from '@maildock/db'
import type { Withheld, WithholdingReason } from '../plan/plan-withheld.ts'
import type { MailboxKey } from './placement-store.ts'

/** Of a message that could not be had, in SQL: it is not even listed by its header. Those that are count as stored. */
export const IS_NOT_LISTED = `NOT EXISTS (SELECT FROM placement WHERE placement.account_id = withheld.account_id
  AND placement.mailbox_id = withheld.mailbox_id AND placement.uid = withheld.uid)`

/** Messages of a mailbox that could not be had so far, by UID of its present epoch. */
export async function listWithheld(executor: SqlExecutor, { accountId, mailboxId }: MailboxKey): Promise<Map<number, Withheld>> {
  const { rows } = await executor.query(
    `SELECT uid::float8 AS uid, reason, failures, next_attempt_at FROM withheld WHERE account_id = $1::uuid AND mailbox_id = $2::uuid`,
    [accountId, mailboxId],
  )
  const found = rows as { uid: number; reason: WithholdingReason; failures: number; next_attempt_at: Date | null }[]
  return new Map(found.map(({ uid, reason, failures, next_attempt_at: nextAttemptAt }) => [uid, { reason, failures, nextAttemptAt }]))
}

/** Keeps what failed. Replaces what was kept about the same message. */
export async function recordWithheld(
  client: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  withheld: ReadonlyMap<number, Withheld>,
): Promise<void> {
  if (withheld.size === 0) {
    return
  }
  const rows = [...withheld].map(([uid, state]) => ({ uid, ...state }))
  await client.query(
    `INSERT INTO withheld (account_id, mailbox_id, uid, reason, failures, next_attempt_at)
     SELECT $1::uuid, $2::uuid, uid, reason, failures, "nextAttemptAt"
     FROM json_to_recordset($3::json) AS failed (uid bigint, reason text, failures int, "nextAttemptAt" timestamptz)
     ON CONFLICT (account_id, mailbox_id, uid) DO UPDATE SET reason = excluded.reason, failures = excluded.failures,
       next_attempt_at = excluded.next_attempt_at`,
    [accountId, mailboxId, JSON.stringify(rows)],
  )
}

/** Messages that are stored now, or gone. */
export async function forgetWithheld(client: SqlExecutor, { accountId, mailboxId }: MailboxKey, uids: readonly number[]): Promise<void> {
  if (uids.length === 0) {
    return
  }
  await client.query('DELETE FROM withheld WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid = ANY($3::bigint[])', [
    accountId,
    mailboxId,
    [...uids],
  ])
}
