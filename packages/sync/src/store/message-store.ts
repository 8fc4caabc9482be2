import type { Uuid } from '@maildock/core'
import { copyRows, newId, type SqlExecutor } from '@maildock/db'
import type { MessageAttributes } from '@maildock/mail'
import type { PoolClient } from 'pg'
import { planStoring, type NewMessage, type StoringPlan } from '../plan/plan-storing.ts'
import type { ThreadableMessage } from '../threads/read-threadable.ts'
import { assignThreads, replanThreads } from '../threads/thread-store.ts'
import type { BatchItem } from './batch-item.ts'
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
}

/**
 * Writes a batch of one mailbox: messages that are not stored yet, sources, and where they are. A source that is known keeps its message and
 * its id, whichever mailbox it is found in. Idempotent. The caller holds the lease: nobody else writes messages of this account.
 */
export async function storeBatch(client: PoolClient, mailbox: MailboxKey, items: readonly BatchItem[]): Promise<BatchOutcome> {
  if (items.length === 0) {
    return { placed: 0, created: 0 }
  }
  const { accountId } = mailbox
  const plan = planStoring(items, await findKnown(client, mailbox, items), newId)
  const threadIds = await assignThreads(client, accountId, plan.messages.map(toThreadable))
  await copyRows(client, messageTarget(accountId, threadIds), plan.messages)
  await copyRows(client, bodyTarget(accountId), plan.bodies)
  await copyRows(client, attachmentTarget(accountId), listAttachments(plan.bodies))
  await updateHeaders(client, accountId, plan.headers)
  await copyRows(client, placementTarget(mailbox), await datePlacements(client, accountId, plan))
  await movePlacements(client, mailbox, plan.moves)
  const adopted = [...plan.placements, ...plan.moves].map(({ messageId }) => messageId)
  if (adopted.length > 0) {
    await adopt(client, mailbox, adopted)
  }
  return { placed: plan.placements.length, created: plan.messages.length }
}

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
    `SELECT id, email_id, size_octets::float8 AS size FROM message
     JOIN message_body ON message_body.account_id = message.account_id AND message_body.message_id = message.id AND body_state = 'stored'
     WHERE message.account_id = $1::uuid AND email_id = ANY($2::text[])`,
    [accountId, [...sizes.keys()]],
  )
  const matches = (rows as { id: Uuid; email_id: string; size: number }[]).filter((row) => sizes.get(row.email_id) === row.size)
  return new Map(matches.map((row) => [row.email_id, row.id]))
}

function toThreadable(message: NewMessage): ThreadableMessage {
  return { ...(message.header ?? NO_HEADER), id: message.id, receivedAt: receivedAt(message) }
}

const NO_HEADER = { messageIdHeader: null, inReplyTo: null, references: [], subject: '', from: [], to: [], cc: [], sentAt: null } as const

/** Seldom: of messages whose header could not be read without the rest. It also decides about their threads, and finds them when they are moved. */
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
    const { rows } = await client.query('SELECT id, internal_date FROM message WHERE account_id = $1::uuid AND id = ANY($2::uuid[])', [
      accountId,
      unknown.map(({ messageId }) => messageId),
    ])
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
    `UPDATE placement SET message_id = moved.message_id FROM unnest($3::bigint[], $4::uuid[]) AS moved (uid, message_id)
     WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND placement.uid = moved.uid`,
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
    'UPDATE message SET orphaned_at = NULL WHERE account_id = $1::uuid AND id = ANY($2::uuid[]) AND orphaned_at IS NOT NULL',
    [accountId, messageIds],
  )
  const { rows } = await client.query(
    `SELECT max(uid)::text AS uid FROM placement
     WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid < 0 AND message_id = ANY($3::uuid[]) GROUP BY message_id`,
    [accountId, mailboxId, messageIds],
  )
  if (rows.length > 0) {
    const uids = (rows as { uid: string }[]).map(({ uid }) => uid)
    await client.query('DELETE FROM placement WHERE account_id = $1::uuid AND mailbox_id = $2::uuid AND uid = ANY($3::bigint[])', [
      accountId,
      mailboxId,
      uids,
    ])
  }
}
