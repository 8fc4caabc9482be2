import { ERROR_CATALOGUE, isErrorCode, type Account, type SyncError, type SyncStatus, type TlsMode, type Uuid } from '@maildock/core'

/** The columns an Account is made of, for every statement that reads or returns one. */
export const ACCOUNT_COLUMNS = `id, email, name, imap_host, imap_port, imap_tls, imap_username, smtp_host, smtp_port, smtp_tls, smtp_username,
  is_default, sync_status, sync_error_code, sync_error_message, sync_error_since, next_attempt_at, created_at, last_synced_at, sync_from`

/** A row of `account` with ACCOUNT_COLUMNS. Statuses and TLS modes are held to their values by checks of the database. */
export interface AccountRow {
  readonly id: Uuid
  readonly email: string
  readonly name: string | null
  readonly imap_host: string
  readonly imap_port: number
  readonly imap_tls: TlsMode
  readonly imap_username: string
  readonly smtp_host: string
  readonly smtp_port: number
  readonly smtp_tls: TlsMode
  readonly smtp_username: string
  readonly is_default: boolean
  readonly sync_status: SyncStatus
  readonly sync_error_code: string | null
  readonly sync_error_message: string | null
  readonly sync_error_since: Date | null
  readonly next_attempt_at: Date | null
  readonly created_at: Date
  readonly last_synced_at: Date | null
  readonly sync_from: Date | null
}

/** An account as it is told. Field by field, so that a column added to the row is not told by accident. */
export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    imapHost: row.imap_host,
    imapPort: row.imap_port,
    imapTls: row.imap_tls,
    smtpHost: row.smtp_host,
    smtpPort: row.smtp_port,
    smtpTls: row.smtp_tls,
    username: row.imap_username,
    smtpUsername: row.smtp_username,
    syncStatus: row.sync_status,
    syncError: toSyncError(row),
    isDefault: row.is_default,
    createdAt: row.created_at,
    lastSyncedAt: row.last_synced_at,
    syncFrom: row.sync_from,
  }
}

/** A name as it is stored: an empty one is none. */
export function toStoredName(name: string | null | undefined): string | null {
  return name === undefined || name === '' ? null : name
}

function toSyncError(row: AccountRow): SyncError | null {
  const code = row.sync_error_code
  if (code === null) {
    return null
  }
  const message = row.sync_error_message ?? ERROR_CATALOGUE[isErrorCode(code) ? code : 'sync.server_error'].message
  return { code, message, since: row.sync_error_since ?? row.created_at, nextAttemptAt: row.next_attempt_at }
}
