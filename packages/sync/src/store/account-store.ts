import { isErrorCode, nextSyncState, SyncStatus, TlsMode, type MailServer, type SyncEvent, type SyncState, type Uuid } from '@maildock/core'
import { publishLiveNotice, type SqlExecutor } from '@maildock/db'
import type { SealedSecret } from '@maildock/vault'

/** What a pass needs to begin. The password stays sealed. */
export interface SyncableAccount {
  readonly userId: Uuid
  readonly revision: number
  readonly server: MailServer
  readonly username: string
  /** Null: erased. Only of an account that is being disconnected. */
  readonly sealedPassword: SealedSecret | null
  readonly state: SyncState
}

interface AccountRow {
  readonly user_id: Uuid
  readonly revision: number
  readonly imap_host: string
  readonly imap_port: number
  readonly imap_tls: string
  readonly imap_username: string
  readonly key_id: string | null
  readonly sealed: Buffer | null
}

interface StateRow {
  readonly sync_status: string
  readonly sync_error_code: string | null
  readonly sync_error_message: string | null
  readonly sync_error_since: Date | null
  readonly sync_failures: number
  readonly next_attempt_at: Date | null
}

const STATE_COLUMNS = 'sync_status, sync_error_code, sync_error_message, sync_error_since, sync_failures, next_attempt_at'

/** A connected account, or null. */
export async function findSyncableAccount(executor: SqlExecutor, accountId: Uuid): Promise<SyncableAccount | null> {
  const { rows } = await executor.query(
    `SELECT user_id, revision, imap_host, imap_port, imap_tls, imap_username, key_id, sealed, ${STATE_COLUMNS}
     FROM account LEFT JOIN credential ON credential.account_id = account.id AND credential.field = 'imap_password'
     WHERE id = $1::uuid AND disconnected_at IS NULL`,
    [accountId],
  )
  const [row] = rows as (AccountRow & StateRow)[]
  if (row === undefined) {
    return null
  }
  return {
    userId: row.user_id,
    revision: row.revision,
    server: { protocol: 'imap', host: row.imap_host, port: row.imap_port, tls: TlsMode.parse(row.imap_tls) },
    username: row.imap_username,
    sealedPassword: row.key_id === null || row.sealed === null ? null : { keyId: row.key_id, sealed: row.sealed },
    state: readState(row),
  }
}

function readState(row: StateRow): SyncState {
  return {
    status: SyncStatus.parse(row.sync_status),
    errorCode: isErrorCode(row.sync_error_code) ? row.sync_error_code : null,
    errorMessage: row.sync_error_message,
    errorSince: row.sync_error_since,
    failures: row.sync_failures,
    nextAttemptAt: row.next_attempt_at,
  }
}

/**
 * Applies an event to the state of an account and tells the listeners when something changed that can be seen. The caller holds the
 * right to write (inPass). @returns the state that holds from now on
 */
export async function recordSyncEvent(client: SqlExecutor, accountId: Uuid, event: SyncEvent): Promise<SyncState> {
  const { rows } = await client.query(`SELECT user_id, ${STATE_COLUMNS} FROM account WHERE id = $1::uuid FOR NO KEY UPDATE`, [accountId])
  const [row] = rows as ({ readonly user_id: Uuid } & StateRow)[]
  if (row === undefined) {
    throw new Error('The account is gone although its lease is held.')
  }
  const before = readState(row)
  const after = nextSyncState(before, event, { now: new Date(), random: Math.random() })
  if (isSameState(before, after)) {
    return after
  }
  await client.query(
    `UPDATE account SET sync_status = $2::text, sync_error_code = $3::text, sync_error_message = $4::text, sync_error_since = $5::timestamptz,
       sync_failures = $6::int, next_attempt_at = $7::timestamptz, updated_at = now() WHERE id = $1::uuid`,
    [accountId, after.status, after.errorCode, after.errorMessage, after.errorSince, after.failures, after.nextAttemptAt],
  )
  await publishLiveNotice(client, { kind: 'account', userId: row.user_id, accountId })
  return after
}

function isSameState(before: SyncState, after: SyncState): boolean {
  return (
    before.status === after.status &&
    before.errorCode === after.errorCode &&
    before.errorMessage === after.errorMessage &&
    before.failures === after.failures &&
    before.errorSince?.getTime() === after.errorSince?.getTime() &&
    before.nextAttemptAt?.getTime() === after.nextAttemptAt?.getTime()
  )
}

/**
 * A slice begins. The first one of a pass begins the pass: its time, and the count of new messages. @returns when the pass began
 */
export async function recordSliceStart(client: SqlExecutor, accountId: Uuid, continues: boolean): Promise<Date> {
  const { rows } = await client.query(
    `UPDATE account SET
       last_sync_started_at = CASE WHEN $2::boolean THEN coalesce(last_sync_started_at, clock_timestamp()) ELSE clock_timestamp() END,
       last_new_messages = CASE WHEN $2::boolean THEN last_new_messages ELSE 0 END
     WHERE id = $1::uuid RETURNING last_sync_started_at`,
    [accountId, continues],
  )
  const [row] = rows as { last_sync_started_at: Date }[]
  return row?.last_sync_started_at ?? new Date()
}

/** Counts messages that were not there before. */
export async function addNewMessages(client: SqlExecutor, accountId: Uuid, created: number): Promise<void> {
  if (created > 0) {
    await client.query('UPDATE account SET last_new_messages = last_new_messages + $2::int WHERE id = $1::uuid', [accountId, created])
  }
}

/** A pass is finished. Who waits for it is told even when nothing else changed. */
export async function recordPassEnd(
  client: SqlExecutor,
  { accountId, userId }: { readonly accountId: Uuid; readonly userId: Uuid },
): Promise<void> {
  await client.query('UPDATE account SET last_synced_at = clock_timestamp() WHERE id = $1::uuid', [accountId])
  await publishLiveNotice(client, { kind: 'account', userId, accountId })
}
