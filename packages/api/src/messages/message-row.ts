import type { Correspondent, MessageSummary, Uuid } from '@maildock/core'

/** The columns a summary is made of, from `message`, the joined `placed` of PLACED and the joined `message_body` of BODY. */
export const SUMMARY_COLUMNS = `message.id, message.account_id, message.thread_id, message.subject, message."from", message."to",
  coalesce(message_body.snippet, '') as snippet, message.sent_at, message.size_octets,
  coalesce(message_body.has_attachments, false) as has_attachments, placed.mailbox_ids, placed.seen, placed.flagged, placed.answered, placed.draft`

/** Where a message is, and its flags there taken together: a message read in one mailbox is read. */
export const PLACED = `lateral (
    select array_agg(distinct mailbox_id) as mailbox_ids,
      bool_or(flags @> array['\\Seen']) as seen, bool_or(flags @> array['\\Flagged']) as flagged,
      bool_or(flags @> array['\\Answered']) as answered, bool_or(flags @> array['\\Draft']) as draft
    from placement where placement.account_id = message.account_id and placement.message_id = message.id
  ) as placed`

/** What was read out of the source; nothing while that is on the way. */
export const BODY = `left join message_body on message_body.account_id = message.account_id and message_body.message_id = message.id`

/** A row with SUMMARY_COLUMNS and the time by which the list is sorted. */
export interface SummaryRow {
  readonly id: Uuid
  readonly account_id: Uuid
  readonly thread_id: Uuid | null
  readonly subject: string
  readonly from: readonly Correspondent[]
  readonly to: readonly Correspondent[]
  readonly snippet: string
  readonly received_at: Date
  readonly sent_at: Date | null
  /** bigint, told as text by the driver. */
  readonly size_octets: string
  readonly has_attachments: boolean
  readonly mailbox_ids: readonly Uuid[] | null
  readonly seen: boolean | null
  readonly flagged: boolean | null
  readonly answered: boolean | null
  readonly draft: boolean | null
}

export function toMessageSummary(row: SummaryRow): MessageSummary {
  return {
    id: row.id,
    accountId: row.account_id,
    mailboxIds: [...(row.mailbox_ids ?? [])],
    threadId: row.thread_id,
    subject: row.subject,
    from: [...row.from],
    to: [...row.to],
    snippet: row.snippet,
    receivedAt: row.received_at,
    sentAt: row.sent_at,
    sizeOctets: Number(row.size_octets),
    seen: row.seen ?? false,
    flagged: row.flagged ?? false,
    answered: row.answered ?? false,
    draft: row.draft ?? false,
    hasAttachments: row.has_attachments,
  }
}
