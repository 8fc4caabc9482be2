import { TlsMode, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { SubmissionServer } from '../deliver.ts'

interface ServerRow {
  readonly revision: number
  readonly smtp_host: string
  readonly smtp_port: number
  readonly smtp_tls: string
  readonly smtp_username: string
  readonly field: 'imap_password' | 'smtp_password' | null
  readonly key_id: string
  readonly sealed: Buffer
}

/** The way out of a connected account, or null. The IMAP password serves for both servers where there is no other. */
export async function findSubmissionServer(executor: SqlExecutor, accountId: Uuid): Promise<SubmissionServer | null> {
  const { rows } = await executor.query(
    `SELECT revision, smtp_host, smtp_port, smtp_tls, smtp_username, field, key_id, sealed
     FROM account LEFT JOIN credential ON credential.account_id = account.id
     WHERE id = $1::uuid AND disconnected_at IS NULL ORDER BY field DESC NULLS LAST LIMIT 1`,
    [accountId],
  )
  const [row] = rows as ServerRow[]
  if (row === undefined) {
    return null
  }
  return {
    accountId,
    revision: row.revision,
    server: { protocol: 'smtp', host: row.smtp_host, port: row.smtp_port, tls: TlsMode.parse(row.smtp_tls) },
    username: row.smtp_username,
    password: row.field === null ? null : { field: row.field, sealed: { keyId: row.key_id, sealed: row.sealed } },
  }
}
