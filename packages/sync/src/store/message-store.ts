import type { Uuid } from '@maildock/core'
import { copyRows, newId, type SqlExecutor } from '@maildock/db'
import { looksLikeReport, type MessageAttributes } from '@maildock/mail'
import { linkSentMessages, queueReports } from '@maildock/outbox'
import type { PoolClient } from 'pg'
import { planStoring, type NewMessage, type StoringPlan } from '../plan/plan-storing.ts'
import type { ThreadableMessage } from '../threads/read-threadable.ts'
import { assignThreads, replanThreads } from '../threads/thread-store.ts'
import type { BatchItem } from './batch-item.ts'
import { bodyById, messageById, placementsByUid } from './by-key.ts'
import { findKnown } from './known-messages.ts'
import {
  attachmentTarget,
  bodyTarget,
  listAttachments,
  messageTarget,
  placementTarget,
  receivedAt,
  type PlacementRow,
} from './message-rows.ts'
import { markOrphans, type MailboxKey } from './placement-store.ts'

/** What a batch brought. */
export interface BatchOutcome {
  /** Placements that were not there before. */
  readonly placed: number
  /** Messages that were not there before. */
  readonly created: number
  /** Placements whose source turned out to be another message's. */
  readonly moved: number
}

/** Where a batch was found. */
export interface BatchMailbox extends MailboxKey {
  /** It holds copies of what the account sent. Default: it does not. */
  readonly isSent?: boolean
}

/**
 * Writes a batch of one mailbox: messages that are not stored yet, sources, and where they are. A source that is known keeps its message and
 * its id, whichever mailbox it is found in. Idempotent. The caller holds the lease: nobody else writes messages of this account.
 */
export async function storeBatch(client: PoolClient, mailbox: BatchMailbox, items: readonly BatchItem[]): Promise<BatchOutcome> {
  if (items.length === 0) {
    return { placed: 0, created: 0, moved: 0 }
  }
  const { accountId } = mailbox
  const plan = planStoring(items, await findKnown(client, mailbox, items), newId)
  const threadIds = await assignThreads(client, accountId, plan.messages.map(toThreadable))
  await copyRows(client, messageTarget(accountId, threadIds), plan.messages)
  await copyRows(client, bodyTarget(accountId), plan.bodies)
  await noteReports(client, accountId, plan.bodies)
  await copyRows(client, attachmentTarget(accountId), listAttachments(plan.bodies))
  await updateHeaders(client, accountId, plan.headers)
  await copyRows(client, placementTarget(mailbox), await datePlacements(client, accountId, plan))
  await movePlacements(client, mailbox, plan.moves)
  if (mailbox.isSent === true) {
    await linkSent(client, accountId, plan.messages)
  }
  const created = new Set(plan.messages.map(({ id }) => id))
  const adopted = [...plan.placements, ...plan.moves].map(({ messageId }) => messageId).filter((id) => !created.has(id))
  if (adopted.length > 0) {
    await adopt(client, mailbox, adopted)
  }
  return { placed: plan.placements.length, created: plan.messages.length, moved: plan.moves.length }
}

/** Messages of one account with one identifier, at most: more than two make it a bad one. */
const MAX_ALIKE = 16

/** Messages by the identifier the server gives them. A size that differs is no match: an identifier is a hint of a foreign server. */
export async function findByEmailIds(
  executor: SqlExecutor,
  accountId: Uuid,
  attributes: readonly MessageAttributes[],
): Promise<ReadonlyMap<string, Uuid>> {
  const sizes = new Map(attributes.flatMap(({ emailId, sizeOctets }) => (emailId === null ? [] : [[emailId, sizeOctets] as const])))
  if (sizes.size === 0) {
    return new Map()
  }
  const { rows } = await executor.query(
    `SELECT found.* FROM unnest($2::text[]) AS asked (email_id) CROSS JOIN LATERAL (
       SELECT id, email_id, size_octets::float8 AS size FROM message
       WHERE account_id = $1::uuid AND email_id = asked.email_id ORDER BY id LIMIT $3::int) AS found
     CROSS JOIN ${bodyById('found.id', 'body_state')} WHERE body.body_state = 'stored'`,
    [accountId, [...sizes.keys()], MAX_ALIKE],
  )
  const matches = (rows as { id: Uuid; email_id: string; size: number }[]).filter((row) => sizes.get(row.email_id) === row.size)
  return new Map(matches.map((row) => [row.email_id, row.id]))
}

/** Few messages look like reports; for the others nothing is asked. */
async function noteReports(client: SqlExecutor, accountId: Uuid, bodies: StoringPlan['bodies']): Promise<void> {
  const reports = bodies.filter(
    ({ stored: { header, content, raw } }) =>
      header !== null && content !== null && raw !== null && looksLikeReport({ ...header, ...content }),
  )
  if (reports.length > 0) {
    await queueReports(
      client,
      accountId,
      reports.map(({ messageId }) => messageId),
    )
  }
}

async function linkSent(client: SqlExecutor, accountId: Uuid, messages: readonly NewMessage[]): Promise<void> {
  const named = messages.flatMap(({ id: messageId, header }) =>
    header === null || header.messageIdHeader === null ? [] : [{ messageId, messageIdHeader: header.messageIdHeader }],
  )
  if (named.length > 0) {
    await linkSentMessages(client, accountId, named)
  }
}

function toThreadable(message: NewMessage): ThreadableMessage {
  return { ...(message.header ?? NO_HEADER), id: message.id, receivedAt: receivedAt(message) }
}

const NO_HEADER = { messageIdHeader: null, inReplyTo: null, references: [], subject: '', from: [], to: [], cc: [], sentAt: null } as const

/**
 * Seldom: of messages whose header could not be read without the rest. It also decides about their threads, and finds them when they are moved. The
 * internal date stays, also where the server told none and it is that of the listing: it is the message's place in every list and in all its
 * mailboxes, whether it was told is kept nowhere, and a message that moves is missed by who pages through them.
 */
async function updateHeaders(client: SqlExecutor, accountId: Uuid, headers: StoringPlan['headers']): Promise<void> {
  const threadIds = await replanThreads(client, accountId, headers.map(toThreadable))
  for (const { id, header, headerSha256 } of headers) {
    const hash = headerSha256 === null ? null : Buffer.from(headerSha256)
    const lists = [header.from, header.to, header.cc, header.bcc, header.replyTo].map((list) => JSON.stringify(list))
    const texts = [header.subject, header.messageIdHeader, header.inReplyTo, header.references]
    await client.query(
      `UPDATE message SET subject = $3::text, message_id_header = $4::text, in_reply_to = $5::text, "references" = $6::text[], sent_at = $7::timestamptz,
         "from" = $8::jsonb, "to" = $9::jsonb, cc = $10::jsonb, bcc = $11::jsonb, reply_to = $12::jsonb, header_sha256 = $13::bytea,
         thread_id = $14::uuid
       WHERE account_id = $1::uuid AND id = $2::uuid`,
      [accountId, id, ...texts, header.sentAt, ...lists, hash, threadIds.get(id) ?? null],
    )
  }
}

/** Gives each placement its date: where the server told none, that of its message. */
async function datePlacements(client: SqlExecutor, accountId: Uuid, plan: StoringPlan): Promise<readonly PlacementRow[]> {
  const dates = new Map(plan.messages.map((message) => [message.id, receivedAt(message)]))
  const unknown = plan.placements.filter(({ attributes, messageId }) => attributes.internalDate === null && !dates.has(messageId))
  if (unknown.length > 0) {
    const { rows } = await client.query(
      `SELECT message.* FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN ${messageById('asked.id', 'id, internal_date')}`,
      [accountId, unknown.map(({ messageId }) => messageId)],
    )
    for (const { id, internal_date: date } of rows as { id: Uuid; internal_date: Date }[]) {
      dates.set(id, date)
    }
  }
  return plan.placements.map(({ attributes, messageId }) => ({
    attributes,
    messageId,
    internalDate: attributes.internalDate ?? dates.get(messageId) ?? new Date(),
  }))
}

/** Placements whose source is another message's. One that is left without a place is marked, as after a removal. */
async function movePlacements(client: SqlExecutor, { accountId, mailboxId }: MailboxKey, moves: StoringPlan['moves']): Promise<void> {
  if (moves.length === 0) {
    return
  }
  await client.query(
    `UPDATE placement SET message_id = asked.message_id FROM unnest($3::bigint[], $4::uuid[]) AS asked (uid, message_id)
     CROSS JOIN ${placementsByUid('ctid')} WHERE placement.ctid = found.ctid`,
    [accountId, mailboxId, moves.map(({ uid }) => uid), moves.map(({ messageId }) => messageId)],
  )
  await markOrphans(
    client,
    accountId,
    moves.map(({ from }) => from),
  )
}

/** Messages that are in a mailbox now are no orphans, and each takes over from its placement of an ended epoch: it is never listed twice. */
async function adopt(client: SqlExecutor, { accountId, mailboxId }: MailboxKey, messageIds: readonly Uuid[]): Promise<void> {
  await client.query(
    `UPDATE message SET orphaned_at = NULL WHERE ctid = ANY(ARRAY(
       SELECT message.ctid FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN ${messageById('asked.id', 'ctid, orphaned_at')}
       WHERE message.orphaned_at IS NOT NULL))`,
    [accountId, messageIds],
  )
  // IS TRUE keeps mailbox and UID out of the choice of the index: all of a long mailbox may be of an ended epoch.
  await client.query(
    `DELETE FROM placement WHERE ctid = ANY(ARRAY(
       SELECT ended.ctid FROM unnest($3::uuid[]) AS asked (id) CROSS JOIN LATERAL (
         SELECT ctid FROM placement WHERE account_id = $1::uuid AND message_id = asked.id AND (mailbox_id = $2::uuid AND uid < 0) IS TRUE
         ORDER BY uid DESC LIMIT 1) AS ended))`,
    [accountId, mailboxId, messageIds],
  )
}
