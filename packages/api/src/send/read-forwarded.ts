import { isUuid, MaildockError, type SendInput, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import { decodeSource, extractAttachments, isContentId, type DraftAttachment, type RawEncoding } from '@maildock/mail'
import type { Submitter } from './submitter.ts'

/** What a forward takes along of the message it forwards. */
export interface Forwarded {
  readonly attachments: readonly DraftAttachment[]
  readonly references: readonly string[]
}

/** Stored octets of a source: with its attachments encoded anew a larger one is beyond what may be sent. */
const MAX_STORED_OCTETS = 33_554_432
const MAX_FILENAME_CHARACTERS = 80

interface ForwardedRow {
  readonly subject: string
  readonly message_id_header: string | null
  readonly raw: Buffer | null
  readonly encoding: RawEncoding
}

/**
 * Of a synchronised message of any account that the sender may use, also of one that is disconnected: its attachments, to the octet, or the whole of it as one.
 * @throws MaildockError message.not_found, message.not_stored
 */
export async function readForwarded(
  executor: SqlExecutor,
  { userId, allowedAccountId }: Pick<Submitter, 'userId' | 'allowedAccountId'>,
  { forwardOfMessage = '', forwardAs = 'attachments' }: Pick<SendInput, 'forwardOfMessage' | 'forwardAs'>,
): Promise<Forwarded> {
  const row = isUuid(forwardOfMessage) ? await findForwarded(executor, { userId, allowedAccountId, messageId: forwardOfMessage }) : null
  if (row === null) {
    throw new MaildockError('message.not_found')
  }
  if (row.raw === null) {
    throw new MaildockError('message.not_stored')
  }
  const source = Buffer.from(decodeSource(row.raw, row.encoding))
  return {
    attachments:
      forwardAs === 'message'
        ? [{ filename: nameMessage(row.subject), content: source, contentType: 'message/rfc822' }]
        : extractAttachments(source).map(({ filename, content, contentType, contentId }) => ({
            filename: filename ?? (contentType === 'message/rfc822' ? 'message.eml' : ''),
            content,
            contentType,
            contentId: contentId !== null && isContentId(contentId) ? contentId : undefined,
          })),
    references: row.message_id_header === null ? [] : [row.message_id_header],
  }
}

async function findForwarded(
  executor: SqlExecutor,
  { userId, allowedAccountId, messageId }: Pick<Submitter, 'userId' | 'allowedAccountId'> & { readonly messageId: Uuid },
): Promise<ForwardedRow | null> {
  const { rows } = await executor.query(
    `SELECT subject, message_id_header, CASE WHEN octet_length(raw) <= $4::int THEN raw END AS raw, raw_encoding AS encoding
     FROM message LEFT JOIN message_body ON message_body.account_id = message.account_id AND message_body.message_id = message.id
     WHERE message.id = $2::uuid AND message.account_id = ANY(ARRAY(
       SELECT account.id FROM account WHERE account.user_id = $1::uuid AND ($3::uuid IS NULL OR account.id = $3::uuid)))`,
    [userId, messageId, allowedAccountId, MAX_STORED_OCTETS],
  )
  const [row] = rows as ForwardedRow[]
  return row ?? null
}

function nameMessage(subject: string): string {
  const name = subject
    .replaceAll(/[/\\:*?"<>|]/gu, '_')
    .slice(0, MAX_FILENAME_CHARACTERS)
    .toWellFormed()
    .trim()
  return `${name === '' ? 'message' : name}.eml`
}
