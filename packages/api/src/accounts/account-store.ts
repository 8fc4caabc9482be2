import { isUuid, MaildockError, type MailServer, type Uuid } from '@maildock/core'
import { isUniqueViolation, type SqlExecutor } from '@maildock/db'
import { ACCOUNT_COLUMNS, type AccountRow } from './account-row.ts'

/** What a verified connect or update writes. */
export interface AccountServers {
  readonly imap: MailServer
  readonly smtp: MailServer
  readonly username: string
  readonly smtpUsername: string
}

/** What decides whether an address may be connected. */
export interface ConnectState {
  /** The account of this address, also when it is disconnected. */
  readonly known: { readonly id: Uuid; readonly connected: boolean } | null
  readonly connectedAccounts: number
}

/** Reads what decides about a connect. Final only under the user's lock. */
export async function readConnectState(executor: SqlExecutor, userId: Uuid, emailKey: string): Promise<ConnectState> {
  const { rows } = await executor.query(
    `select id, email_key = $2 as known, disconnected_at is null as connected from account
     where user_id = $1 and (disconnected_at is null or email_key = $2)`,
    [userId, emailKey],
  )
  const accounts = rows as { id: Uuid; known: boolean; connected: boolean }[]
  const known = accounts.find((account) => account.known)
  return {
    known: known === undefined ? null : { id: known.id, connected: known.connected },
    connectedAccounts: accounts.filter(({ connected }) => connected).length,
  }
}

/** @throws MaildockError account.already_connected, account.quota_reached; the address is the more precise reason */
export function assertMayConnect(state: ConnectState, maxAccounts: number | null): void {
  if (state.known?.connected === true) {
    throw new MaildockError('account.already_connected')
  }
  if (maxAccounts !== null && state.connectedAccounts >= maxAccounts) {
    throw new MaildockError('account.quota_reached')
  }
}

export interface NewAccount extends AccountServers {
  readonly id: Uuid
  readonly userId: Uuid
  readonly email: string
  readonly emailKey: string
  readonly name: string | null
  readonly isDefault: boolean
  /** Undefined: as it was, or everything. */
  readonly syncFrom: Date | null | undefined
}

/** An account with what a change of it is checked against. */
export type ChangeableAccountRow = AccountRow & { readonly revision: number; readonly email_key: string }

/** Inserts an account that waits for its first sync. @throws MaildockError account.already_connected, by the constraint */
export async function insertAccount(executor: SqlExecutor, account: NewAccount): Promise<AccountRow> {
  try {
    const { rows } = await executor.query(
      `insert into account (id, user_id, email, email_key, name, is_default,
         imap_host, imap_port, imap_tls, imap_username, smtp_host, smtp_port, smtp_tls, smtp_username, sync_from, updated_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, now())
       returning ${ACCOUNT_COLUMNS}`,
      [...accountValues(account), account.syncFrom ?? null],
    )
    return onlyRow(rows)
  } catch (error) {
    if (isUniqueViolation(error, 'account_user_email_key')) {
      throw new MaildockError('account.already_connected', { cause: error })
    }
    throw error
  }
}

/**
 * Connects a disconnected account again: the same id, mail and sync position, so that nothing is downloaded twice. Against
 * another server the positions mean nothing: see `distrustUids`.
 */
export async function reviveAccount(executor: SqlExecutor, account: NewAccount): Promise<AccountRow> {
  await distrustUids(executor, account.id, account)
  const { rows } = await executor.query(
    `update account set user_id = $2, email = $3, email_key = $4, name = coalesce($5, name), is_default = $6,
       imap_host = $7, imap_port = $8, imap_tls = $9, imap_username = $10,
       smtp_host = $11, smtp_port = $12, smtp_tls = $13, smtp_username = $14,
       sync_from = case when $15::boolean then $16::timestamptz else sync_from end,
       disconnected_at = null, sync_status = 'pending', ${NO_SYNC_ERROR}, revision = revision + 1, updated_at = now()
     where id = $1 and user_id = $2 and disconnected_at is not null
     returning ${ACCOUNT_COLUMNS}`,
    [...accountValues(account), account.syncFrom !== undefined, account.syncFrom ?? null],
  )
  return onlyRow(rows)
}

const NO_SYNC_ERROR = `sync_error_code = null, sync_error_message = null, sync_error_since = null, sync_failures = 0, next_attempt_at = null`

/** Replaces servers and user names, and forgets the failures of the old ones: the next pass starts with a clean slate. */
export async function replaceServers(executor: SqlExecutor, id: Uuid, servers: AccountServers): Promise<void> {
  await distrustUids(executor, id, servers)
  await executor.query(
    `update account set imap_host = $2, imap_port = $3, imap_tls = $4, imap_username = $5,
       smtp_host = $6, smtp_port = $7, smtp_tls = $8, smtp_username = $9, ${NO_SYNC_ERROR},
       sync_status = 'pending',
       revision = revision + 1, updated_at = now()
     where id = $1`,
    [id, ...serverValues(servers)],
  )
}

/**
 * UIDs of one server mean nothing on another, even when both say the same UIDVALIDITY. Zero is a value no server may give
 * (RFC 9051 nz-number), so the next pass sees a changed UIDVALIDITY and matches the stored mail anew instead of trusting it.
 */
async function distrustUids(executor: SqlExecutor, id: Uuid, { imap, username }: AccountServers): Promise<void> {
  await executor.query(
    `update mailbox set uid_validity = 0
     from account
     where account.id = $1 and mailbox.account_id = account.id and mailbox.uid_validity is not null
       and (lower(account.imap_host), lower(account.imap_username)) is distinct from (lower($2::text), lower($3::text))`,
    [id, imap.host, username],
  )
}

/**
 * A connected account of a user. Under the user's lock it stays as read, but for its sync status.
 * @throws MaildockError account.not_found
 */
export async function readAccount(executor: SqlExecutor, userId: Uuid, id: string): Promise<ChangeableAccountRow> {
  const { rows } = isUuid(id)
    ? await executor.query(
        `select ${ACCOUNT_COLUMNS}, revision, email_key from account where id = $1 and user_id = $2 and disconnected_at is null`,
        [id, userId],
      )
    : { rows: [] }
  if (rows[0] === undefined) {
    throw new MaildockError('account.not_found')
  }
  return rows[0] as ChangeableAccountRow
}

/** Makes an account the only default of its user, and tells which were it before. Under the user's lock; the old one is dropped first. */
export async function makeDefault(executor: SqlExecutor, userId: Uuid, id: Uuid): Promise<readonly Uuid[]> {
  const { rows } = await executor.query(
    'update account set is_default = false, updated_at = now() where user_id = $1 and is_default and id <> $2 returning id',
    [userId, id],
  )
  await executor.query('update account set is_default = true, updated_at = now() where user_id = $1 and id = $2 and not is_default', [
    userId,
    id,
  ])
  return (rows as { id: Uuid }[]).map((row) => row.id)
}

/** Makes the oldest connected account the default. None left: nothing happens. */
export async function promoteOldest(executor: SqlExecutor, userId: Uuid): Promise<Uuid | null> {
  const { rows } = await executor.query(
    `update account set is_default = true, updated_at = now()
     where id = (select id from account where user_id = $1 and disconnected_at is null order by created_at, id limit 1)
     returning id`,
    [userId],
  )
  return (rows[0] as { id: Uuid } | undefined)?.id ?? null
}

function accountValues(account: NewAccount): readonly (string | number | boolean | null)[] {
  const { id, userId, email, emailKey, name, isDefault } = account
  return [id, userId, email, emailKey, name, isDefault, ...serverValues(account)]
}

function serverValues({ imap, smtp, username, smtpUsername }: AccountServers): readonly (string | number)[] {
  return [imap.host, imap.port, imap.tls, username, smtp.host, smtp.port, smtp.tls, smtpUsername]
}

function onlyRow(rows: readonly unknown[]): AccountRow {
  if (rows[0] === undefined) {
    throw new Error('The statement was to return one account and returned none.')
  }
  return rows[0] as AccountRow
}
