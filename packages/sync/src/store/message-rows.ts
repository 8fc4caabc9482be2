import type { Uuid } from '@maildock/core'
import {
  bigintColumn,
  booleanColumn,
  jsonColumn,
  octetsColumn,
  textArrayColumn,
  textColumn,
  timeColumn,
  uuidColumn,
  type CopyTarget,
} from '@maildock/db'
import type { MessageAttributes, ParsedAttachment } from '@maildock/mail'
import type { NewMessage, StoringPlan } from '../plan/plan-storing.ts'
import type { MailboxKey } from './placement-store.ts'

type NewBody = StoringPlan['bodies'][number]

/** A placement as it is written. */
export interface PlacementRow {
  readonly attributes: MessageAttributes
  readonly messageId: Uuid
  readonly internalDate: Date
}

interface AttachmentRow {
  readonly messageId: Uuid
  readonly attachment: ParsedAttachment
}

/** A server that gives no INTERNALDATE: the sender's word, else now. */
export function receivedAt({ attributes, header }: NewMessage): Date {
  return attributes.internalDate ?? header?.sentAt ?? new Date()
}

export function messageTarget(accountId: Uuid, threadIds: ReadonlyMap<Uuid, Uuid>): CopyTarget<NewMessage> {
  return {
    table: 'message',
    columns: [
      uuidColumn('account_id', () => accountId),
      uuidColumn('id', ({ id }) => id),
      octetsColumn('header_sha256', ({ headerSha256 }) => headerSha256),
      textColumn('email_id', ({ attributes }) => attributes.emailId),
      textColumn('message_id_header', ({ header }) => header?.messageIdHeader ?? null),
      textColumn('in_reply_to', ({ header }) => header?.inReplyTo ?? null),
      textArrayColumn('references', ({ header }) => header?.references ?? []),
      textColumn('subject', ({ header }) => header?.subject ?? ''),
      jsonColumn('from', ({ header }) => header?.from ?? []),
      jsonColumn('to', ({ header }) => header?.to ?? []),
      jsonColumn('cc', ({ header }) => header?.cc ?? []),
      jsonColumn('bcc', ({ header }) => header?.bcc ?? []),
      jsonColumn('reply_to', ({ header }) => header?.replyTo ?? []),
      timeColumn('sent_at', ({ header }) => header?.sentAt ?? null),
      timeColumn('internal_date', receivedAt),
      bigintColumn('size_octets', ({ attributes }) => attributes.sizeOctets),
      uuidColumn('thread_id', ({ id }) => threadIds.get(id) ?? null),
    ],
  }
}

export function bodyTarget(accountId: Uuid): CopyTarget<NewBody> {
  return {
    table: 'message_body',
    columns: [
      uuidColumn('account_id', () => accountId),
      uuidColumn('message_id', ({ messageId }) => messageId),
      octetsColumn('raw_sha256', ({ stored }) => stored.rawSha256),
      textColumn('body_state', ({ stored }) => stored.bodyState),
      textColumn('snippet', ({ stored }) => stored.content?.snippet ?? ''),
      booleanColumn('has_attachments', ({ stored }) => stored.content?.hasAttachments ?? false),
      octetsColumn('text', ({ stored }) => stored.content?.text ?? null),
      octetsColumn('html', ({ stored }) => stored.content?.html ?? null),
      octetsColumn('raw', ({ stored }) => stored.raw?.octets ?? null),
      textColumn('raw_encoding', ({ stored }) => stored.raw?.encoding ?? 'identity'),
      octetsColumn('terms', ({ stored }) => stored.terms),
    ],
  }
}

export function listAttachments(bodies: readonly NewBody[]): readonly AttachmentRow[] {
  return bodies.flatMap(({ messageId, stored }) => (stored.content?.attachments ?? []).map((attachment) => ({ messageId, attachment })))
}

export function attachmentTarget(accountId: Uuid): CopyTarget<AttachmentRow> {
  return {
    table: 'attachment',
    columns: [
      uuidColumn('account_id', () => accountId),
      uuidColumn('message_id', ({ messageId }) => messageId),
      textColumn('part', ({ attachment }) => attachment.part),
      textColumn('filename', ({ attachment }) => attachment.filename),
      textColumn('content_type', ({ attachment }) => attachment.contentType),
      textColumn('content_id', ({ attachment }) => attachment.contentId),
      booleanColumn('inline', ({ attachment }) => attachment.inline),
      bigintColumn('size_octets', ({ attachment }) => attachment.sizeOctets),
    ],
  }
}

export function placementTarget({ accountId, mailboxId }: MailboxKey): CopyTarget<PlacementRow> {
  return {
    table: 'placement',
    columns: [
      uuidColumn('account_id', () => accountId),
      uuidColumn('mailbox_id', () => mailboxId),
      bigintColumn('uid', ({ attributes }) => attributes.uid),
      uuidColumn('message_id', ({ messageId }) => messageId),
      timeColumn('internal_date', ({ internalDate }) => internalDate),
      bigintColumn('modseq', ({ attributes }) => attributes.modseq),
      textArrayColumn('flags', ({ attributes }) => attributes.flags),
      textArrayColumn('keywords', ({ attributes }) => attributes.keywords),
    ],
  }
}
