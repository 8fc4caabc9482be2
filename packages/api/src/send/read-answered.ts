import { isUuid, MaildockError, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'

/** How an answer names what it answers (RFC 5322 section 3.6.4). */
export interface Answered {
  readonly inReplyTo: string | undefined
  readonly references: readonly string[]
}

/** References a message carries at most: the first, which began the conversation, and the nearest. */
const MAX_REFERENCES = 30

interface AnsweredRow {
  readonly message_id_header: string | null
  readonly in_reply_to: string | null
  readonly references: readonly string[]
}

/** Of a synchronised message of the sending account. One without a Message-ID is answered without naming it. @throws MaildockError message.not_found */
export async function readAnswered(executor: SqlExecutor, accountId: Uuid, messageId: string): Promise<Answered> {
  const { rows } = isUuid(messageId)
    ? await executor.query(
        'SELECT message_id_header, in_reply_to, "references" FROM message WHERE account_id = $1::uuid AND id = $2::uuid',
        [accountId, messageId],
      )
    : { rows: [] }
  const [row] = rows as AnsweredRow[]
  if (row === undefined) {
    throw new MaildockError('message.not_found')
  }
  if (row.message_id_header === null) {
    return { inReplyTo: undefined, references: [] }
  }
  const before = row.references.length > 0 || row.in_reply_to === null ? row.references : [row.in_reply_to]
  const chain = [...new Set([...before, row.message_id_header])]
  const references = chain.length <= MAX_REFERENCES ? chain : [...chain.slice(0, 1), ...chain.slice(1 - MAX_REFERENCES)]
  return { inReplyTo: row.message_id_header, references }
}
