import { newId, type SqlExecutor } from '../../src/index.ts'

export interface InsertedAccount {
  readonly accountId: string
  readonly userId: string
}

export interface InsertAccountOptions {
  readonly userId?: string
  readonly disconnected?: boolean
  readonly isDefault?: boolean
}

/** A row that satisfies the schema; what a test is about it sets itself. */
export async function insertAccount(
  executor: SqlExecutor,
  { userId = newId(), disconnected = false, isDefault = false }: InsertAccountOptions = {},
): Promise<InsertedAccount> {
  const accountId = newId()
  await executor.query(
    `INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, imap_username,
       smtp_host, smtp_port, smtp_tls, smtp_username, is_default, disconnected_at)
     VALUES ($1, $2, $3, $3, 'imap.test', 993, 'implicit', 'u', 'smtp.test', 587, 'starttls', 'u', $4, $5)`,
    [accountId, userId, `${accountId}@mail.test`, isDefault, disconnected ? new Date() : null],
  )
  return { accountId, userId }
}
