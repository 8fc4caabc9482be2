import { isErrorCode, SpecialUse, type ErrorCode, type Uuid } from '@maildock/core'
import { newId, type SqlExecutor } from '@maildock/db'
import type { EpochHistory } from '../plan/plan-epoch-change.ts'
import type { MailboxCursor } from '../plan/mailbox-cursor.ts'
import type { KnownMailbox, MailboxListPlan } from '../plan/plan-mailbox-list.ts'
import type { RenameCandidate } from '../plan/plan-renames.ts'
import { isWidened } from '../plan/plan-window.ts'
import type { MailboxKey } from './placement-store.ts'
import { toValues } from './values.ts'
import { IS_NOT_LISTED } from './withheld-store.ts'

/** A mailbox as it is stored. */
export interface StoredMailbox extends KnownMailbox {
  readonly specialUse: SpecialUse | null
  readonly selectable: boolean
  readonly syncOrder: number
  /** End of the last finished visit. */
  readonly visitedAt: Date | null
  readonly cursor: MailboxCursor
  /** Messages the server had when it was last asked, without those that are left out. */
  readonly messagesExpected: number
  /** Failed, and to be left alone for now. */
  readonly parked: boolean
  /** Failures in a row. */
  readonly failures: number
  readonly errorCode: ErrorCode | null
  readonly epochHistory: EpochHistory
  /** A message that could not be had is to be asked for again. */
  readonly withheldDue: boolean
  /** All UIDs are to be compared with the server's: it is a day ago, or something was in doubt. */
  readonly comparisonDue: boolean
  /** False: the user does not want it. It is not opened. */
  readonly synced: boolean
  /** Since when mail is wanted; of the account. Null: everything. */
  readonly syncFrom: Date | null
  /** The window the messages outside were counted by. Null: there are none. */
  readonly outsideBefore: Date | null
  /** Some of the messages outside may be wanted now. */
  readonly widened: boolean
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
  readonly source_low_uid: string | null
  readonly messages_done: number
  readonly messages_expected: number
  readonly last_synced_at: Date | null
  readonly parked: boolean
  readonly failures: number
  readonly error_code: string | null
  readonly epoch_changes: number
  readonly epoch_changes_since: Date | null
  readonly withheld: number
  readonly withheld_due: boolean
  readonly comparison_due: boolean
  readonly synced: boolean
  readonly sync_from: Date | null
  readonly messages_outside: number
  readonly outside_before: Date | null
}

/** Between two comparisons of a mailbox nobody doubts. */
const COMPARISON_INTERVAL = '1 day'

/** All mailboxes of an account, gone ones included, in the order of synchronisation. */
export async function listStoredMailboxes(executor: SqlExecutor, accountId: Uuid): Promise<StoredMailbox[]> {
  const { rows } = await executor.query(
    `SELECT id, path, special_use, selectable, sync_order, gone_at IS NOT NULL AS gone, uid_validity::text, uid_next::text,
            highest_modseq::text, cursor_low_uid::text, cursor_high_uid::text, source_low_uid::text, messages_done, messages_expected, last_synced_at,
            coalesce(next_attempt_at > now(), false) AS parked, failures, error_code, epoch_changes, epoch_changes_since, withheld, withheld_due,
            coalesce(compared_at < now() - $2::interval, true) AS comparison_due,
            synced, messages_outside, outside_before, (SELECT sync_from FROM account WHERE account.id = mailbox.account_id)
     FROM mailbox, LATERAL (
       SELECT count(*) FILTER (WHERE ${IS_NOT_LISTED})::int AS withheld,
              coalesce(bool_or(coalesce(withheld.next_attempt_at <= now(), true)), false) AS withheld_due
       FROM withheld WHERE withheld.account_id = mailbox.account_id AND withheld.mailbox_id = mailbox.id) AS missing
     WHERE account_id = $1::uuid ORDER BY sync_order, path`,
    [accountId, COMPARISON_INTERVAL],
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
      sourceLowUid: row.source_low_uid === null ? null : Number(row.source_low_uid),
      messagesDone: row.messages_done,
      messagesWithheld: row.withheld,
      messagesOutside: row.messages_outside,
    },
    messagesExpected: row.messages_expected,
    parked: row.parked,
    failures: row.failures,
    errorCode: isErrorCode(row.error_code) ? row.error_code : null,
    epochHistory: { changes: row.epoch_changes, since: row.epoch_changes_since },
    withheldDue: row.withheld_due,
    comparisonDue: row.comparison_due,
    synced: row.synced,
    syncFrom: row.sync_from,
    outsideBefore: row.outside_before,
    widened: isWidened({ messagesOutside: row.messages_outside, outsideBefore: row.outside_before }, row.sync_from),
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

/** Gives a mailbox its new name. What was stored under that name, and is gone, gets the old one: two rows have no name in common. */
export async function renameMailbox(client: SqlExecutor, accountId: Uuid, { mailboxId, from, to }: RenameCandidate): Promise<void> {
  const rename = async (before: string, after: string): Promise<void> => {
    await client.query('UPDATE mailbox SET path = $3::text WHERE account_id = $1::uuid AND path = $2::text', [accountId, before, after])
  }
  // No server has a mailbox of this name: it is nobody's for as long as this transaction lasts.
  const between = `renamed ${mailboxId}`
  await rename(to, between)
  await rename(from, to)
  await rename(between, from)
}

export interface MailboxTrouble {
  readonly code: ErrorCode
  readonly failures: number
  /** Null: tried with the next pass. */
  readonly nextAttemptAt: Date | null
}

/** Keeps that a mailbox cannot be read, and until when it is left alone. */
export async function recordTrouble(
  client: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  { code, failures, nextAttemptAt }: MailboxTrouble,
): Promise<void> {
  await client.query(
    `UPDATE mailbox SET error_code = $3::text, failures = $4::int, next_attempt_at = $5::timestamptz
     WHERE account_id = $1::uuid AND id = $2::uuid`,
    [accountId, mailboxId, code, failures, nextAttemptAt],
  )
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
