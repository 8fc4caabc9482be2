import { BodyState, isUuid, MaildockError, type Attachment, type Correspondent, type Message, type Uuid } from '@maildock/core'
import type { ApiDeps } from '../api-deps.ts'
import { assertReadableAccount } from '../accounts/assert-readable-account.ts'
import { BODY, PLACED, SUMMARY_COLUMNS, toMessageSummary, type SummaryRow } from './message-row.ts'

const GET = {
  name: 'api-get-message',
  text: `select ${SUMMARY_COLUMNS}, message.internal_date as received_at, message.cc, message.bcc, message.reply_to,
      message.message_id_header, message.in_reply_to, message."references",
      coalesce(message_body.body_state, 'pending') as body_state, message_body.text,
      coalesce((
        select json_agg(json_build_object('part', part, 'filename', filename, 'contentType', content_type,
          'sizeOctets', size_octets, 'contentId', content_id, 'inline', inline) order by part)
        from attachment where attachment.account_id = message.account_id and attachment.message_id = message.id
      ), '[]') as attachments
    from message cross join ${PLACED} ${BODY}
    where message.account_id = $1 and message.id = $2`,
}

interface MessageRow extends SummaryRow {
  readonly cc: Correspondent[]
  readonly bcc: Correspondent[]
  readonly reply_to: Correspondent[]
  readonly message_id_header: string | null
  readonly in_reply_to: string | null
  readonly references: string[]
  readonly body_state: string
  readonly text: string | null
  readonly attachments: Attachment[]
}

/**
 * One message, as plain text. Also of a disconnected account, and when it has left every mailbox.
 * @throws MaildockError account.not_found, message.not_found
 */
export async function getMessage(
  deps: Pick<ApiDeps, 'database'>,
  userId: Uuid,
  { accountId, id }: { accountId: string; id: string },
): Promise<Message> {
  await assertReadableAccount(deps, userId, accountId)
  const { rows } = isUuid(id) ? await deps.database.pool.query<MessageRow>({ ...GET, values: [accountId, id] }) : { rows: [] }
  const row = rows[0]
  if (row === undefined) {
    throw new MaildockError('message.not_found')
  }
  return {
    ...toMessageSummary(row),
    cc: row.cc,
    bcc: row.bcc,
    replyTo: row.reply_to,
    messageIdHeader: row.message_id_header,
    inReplyTo: row.in_reply_to,
    references: row.references,
    bodyState: BodyState.parse(row.body_state),
    text: row.text,
    attachments: row.attachments,
  }
}
