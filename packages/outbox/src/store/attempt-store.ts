import { TlsMode, type Uuid } from '@maildock/core'
import { runPrepared, type SqlExecutor } from '@maildock/db'
import type { Attempt, SubmissionServer } from '../deliver.ts'
import { toEnvelopeId } from '../envelope-id.ts'
import { ClaimLostError, type Claim } from './claim-store.ts'

export interface ServerRow {
  readonly revision: number
  readonly smtp_host: string
  readonly smtp_port: number
  readonly smtp_tls: string
  readonly smtp_username: string
  readonly field: 'imap_password' | 'smtp_password' | null
  readonly key_id: string
  readonly sealed: Buffer
}

/** Of `account` and `credential`; the IMAP password serves for both servers where there is no other. */
export const SERVER_COLUMNS = 'revision, smtp_host, smtp_port, smtp_tls, smtp_username, field, key_id, sealed'
export const BEST_CREDENTIAL = 'ORDER BY field DESC NULLS LAST LIMIT 1'

export function toSubmissionServer(accountId: Uuid, row: ServerRow): SubmissionServer {
  return {
    accountId,
    revision: row.revision,
    server: { protocol: 'smtp', host: row.smtp_host, port: row.smtp_port, tls: TlsMode.parse(row.smtp_tls) },
    username: row.smtp_username,
    password: row.field === null ? null : { field: row.field, sealed: { keyId: row.key_id, sealed: row.sealed } },
  }
}

interface AttemptRow extends ServerRow {
  readonly source: Buffer
  readonly reverse_path: string
  readonly needs_smtputf8: boolean
  readonly needs_8bit: boolean
  readonly forward_paths: string[]
}

const READ_ATTEMPT = {
  name: 'outbox-read-attempt',
  text: `SELECT source, reverse_path, needs_smtputf8, needs_8bit, ARRAY(
       SELECT address FROM submission_recipient
       WHERE account_id = $1::uuid AND submission_id = $2::uuid AND status = 'pending' ORDER BY position) AS forward_paths, ${SERVER_COLUMNS}
     FROM submission JOIN account ON account.id = submission.account_id AND disconnected_at IS NULL
       LEFT JOIN credential ON credential.account_id = account.id
     WHERE submission.account_id = $1::uuid AND submission.id = $2::uuid AND submission.status = 'sending' AND claim_token = $3::bigint
     ${BEST_CREDENTIAL}`,
}

/** What a claim is for: the message for those who are still to get it. @throws ClaimLostError, also when the account was disconnected */
export async function readAttempt(executor: SqlExecutor, { accountId, id, token }: Claim): Promise<Attempt> {
  const { rows } = await runPrepared(executor, READ_ATTEMPT, [accountId, id, token.toString()])
  const [row] = rows as AttemptRow[]
  if (row === undefined) {
    throw new ClaimLostError()
  }
  return {
    message: {
      source: row.source,
      reversePath: row.reverse_path,
      forwardPaths: row.forward_paths,
      needsSmtputf8: row.needs_smtputf8,
      needs8bit: row.needs_8bit,
      envelopeId: toEnvelopeId(id),
    },
    server: toSubmissionServer(accountId, row),
  }
}
