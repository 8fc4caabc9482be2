import { z } from 'zod'
import { IdText, Uuid } from './ids.ts'

/** An address as a header names it. `address` is the one mail would go to; `name` is decoded display text. */
export const Correspondent = z.object({ name: z.string().nullable(), address: z.string().nullable() })
export type Correspondent = z.infer<typeof Correspondent>

/** How much of a message is stored. `pending`: its source is on the way. Everything but `stored` still lists and keeps what could be had. */
export const BodyState = z.enum(['pending', 'stored', 'too_large', 'unparsable'])
export type BodyState = z.infer<typeof BodyState>

/** A message as lists show it. */
export const MessageSummary = z.object({
  id: Uuid,
  accountId: Uuid,
  mailboxIds: z.array(Uuid),
  /**
   * The conversation it belongs to. It changes when a message arrives that ties two together, then to the older one's, and the other still
   * finds it. Null: stored before there were threads, and not synchronised since.
   */
  threadId: Uuid.nullable(),
  subject: z.string(),
  from: z.array(Correspondent),
  to: z.array(Correspondent),
  snippet: z.string(),
  /** When the server received it (INTERNALDATE). */
  receivedAt: z.date(),
  /** What the Date header says; null when it says nothing usable. */
  sentAt: z.date().nullable(),
  sizeOctets: z.int().nonnegative(),
  seen: z.boolean(),
  flagged: z.boolean(),
  answered: z.boolean(),
  draft: z.boolean(),
  hasAttachments: z.boolean(),
})
export type MessageSummary = z.infer<typeof MessageSummary>

export const Attachment = z.object({
  /** Part address, as IMAP counts parts; `1/1` is the first file uuencoded within part 1. */
  part: z.string(),
  filename: z.string().nullable(),
  /** In lower case; a calendar's with its method: `text/calendar; method=REQUEST`. */
  contentType: z.string(),
  sizeOctets: z.int().nonnegative(),
  contentId: z.string().nullable(),
  inline: z.boolean(),
})
export type Attachment = z.infer<typeof Attachment>

/** A message as read, as plain text. What a sender wrote as HTML is hostile; it is not handed out before it is sanitised. */
export const Message = MessageSummary.extend({
  cc: z.array(Correspondent),
  bcc: z.array(Correspondent),
  replyTo: z.array(Correspondent),
  messageIdHeader: z.string().nullable(),
  inReplyTo: z.string().nullable(),
  references: z.array(z.string()),
  bodyState: BodyState,
  text: z.string().nullable(),
  attachments: z.array(Attachment),
})
export type Message = z.infer<typeof Message>

/** Newest first; `cursor` is opaque, from the previous page. */
export const ListMessagesInput = z.strictObject({
  accountId: IdText,
  mailboxId: IdText.optional(),
  threadId: IdText.optional(),
  cursor: z.string().max(200).optional(),
  limit: z.int().min(1).max(100).default(50),
})
export type ListMessagesInput = z.input<typeof ListMessagesInput>

export const MessagePage = z.object({ messages: z.array(MessageSummary), nextCursor: z.string().nullable() })
export type MessagePage = z.infer<typeof MessagePage>
