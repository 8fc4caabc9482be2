import { MaildockError, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { SealedSecret, Vault } from '@maildock/vault'

/** The passwords of an account. `smtp` is null when the IMAP password serves for both. */
export interface AccountPasswords {
  readonly imap: string
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
 * Hands the stored passwords to `use` and to nothing else.
 * @throws MaildockError credentials.unreadable when they are missing or do not open
 */
export async function withPasswords<T>(
  { vault, executor }: { vault: Vault; executor: SqlExecutor },
  accountId: Uuid,
  use: (passwords: AccountPasswords) => Promise<T>,
): Promise<T> {
  const { rows } = await executor.query('select field, key_id as "keyId", sealed from credential where account_id = $1', [accountId])
  const secrets = new Map((rows as (SealedSecret & { field: string })[]).map((row) => [row.field, row]))
  const imap = secrets.get('imap_password')
  if (imap === undefined) {
    throw new MaildockError('credentials.unreadable')
  }
  const smtp = secrets.get('smtp_password')
  return await vault.withOpened(imap, { accountId, field: 'imap_password' }, async (imapPassword) =>
    smtp === undefined
      ? await use({ imap: imapPassword, smtp: null })
      : await vault.withOpened(
          smtp,
          { accountId, field: 'smtp_password' },
          async (smtpPassword) => await use({ imap: imapPassword, smtp: smtpPassword }),
        ),
  )
}
