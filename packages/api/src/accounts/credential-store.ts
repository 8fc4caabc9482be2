import { MaildockError, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { CredentialField, SealedSecret, Vault } from '@maildock/vault'

/** Stored passwords of an account. Null: not wanted, or for `smtp` that the IMAP password serves for both. */
export interface AccountPasswords {
  readonly imap: string | null
  readonly smtp: string | null
}

/** A change of the stored passwords. Absent: stays as it is. `smtp: null`: the IMAP password serves for both from now on. */
export interface PasswordChange {
  readonly imap?: string | undefined
  readonly smtp?: string | null | undefined
}

/**
 * Seals and stores what changed, each value bound to account and field. Belongs into the transaction that changes the account.
 */
export async function writePasswords(
  { vault, executor }: { vault: Vault; executor: SqlExecutor },
  accountId: Uuid,
  change: PasswordChange,
): Promise<void> {
  if (change.imap !== undefined) {
    await writeSecret(executor, accountId, {
      field: 'imap_password',
      secret: vault.seal(change.imap, { accountId, field: 'imap_password' }),
    })
  }
  if (change.smtp === null) {
    await executor.query(`delete from credential where account_id = $1 and field = 'smtp_password'`, [accountId])
  } else if (change.smtp !== undefined) {
    await writeSecret(executor, accountId, {
      field: 'smtp_password',
      secret: vault.seal(change.smtp, { accountId, field: 'smtp_password' }),
    })
  }
}

async function writeSecret(
  executor: SqlExecutor,
  accountId: Uuid,
  { field, secret }: { field: string; secret: SealedSecret },
): Promise<void> {
  await executor.query(
    `insert into credential (account_id, field, key_id, sealed) values ($1, $2, $3, $4)
     on conflict (account_id, field) do update set key_id = excluded.key_id, sealed = excluded.sealed`,
    [accountId, field, secret.keyId, Buffer.from(secret.sealed)],
  )
}

/** Forgets all credentials of an account. */
export async function eraseCredentials(executor: SqlExecutor, accountId: Uuid): Promise<void> {
  await executor.query('delete from credential where account_id = $1', [accountId])
}

/**
 * Hands those stored passwords to `use` that are wanted, and to nothing else. What is not wanted is not opened, so that a password
 * that cannot be opened any more can still be replaced.
 * @throws MaildockError credentials.unreadable when a wanted one is missing or does not open
 */
export async function withPasswords<T>(
  { vault, executor, accountId }: { vault: Vault; executor: SqlExecutor; accountId: Uuid },
  wanted: { readonly imap: boolean; readonly smtp: boolean },
  use: (passwords: AccountPasswords) => Promise<T>,
): Promise<T> {
  const { rows } = await executor.query('select field, key_id as "keyId", sealed from credential where account_id = $1', [accountId])
  const secrets = new Map((rows as (SealedSecret & { field: string })[]).map((row) => [row.field, row]))
  if (wanted.imap && !secrets.has('imap_password')) {
    throw new MaildockError('credentials.unreadable')
  }
  const opened = async <R>(field: CredentialField, open: boolean, next: (plaintext: string | null) => Promise<R>): Promise<R> => {
    const secret = open ? secrets.get(field) : undefined
    return secret === undefined ? await next(null) : await vault.withOpened(secret, { accountId, field }, next)
  }
  return await opened(
    'imap_password',
    wanted.imap,
    async (imap) => await opened('smtp_password', wanted.smtp, async (smtp) => await use({ imap, smtp })),
  )
}
