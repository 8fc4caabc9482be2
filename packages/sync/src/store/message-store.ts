import type { BodyState, Uuid } from '@maildock/core'
import { newId, type SqlExecutor } from '@maildock/db'
import type { MessageAttributes, ParsedHeader, ParsedMessage, RawEncoding } from '@maildock/mail'
import type { ThreadableMessage } from '../threads/read-threadable.ts'
import { assignThreads } from '../threads/thread-store.ts'
import type { MailboxKey } from './placement-store.ts'
import { toValues } from './values.ts'

/** A message ready to be written. */
export interface StorableMessage {
  /** Names the source. Of a message whose source is not stored: something that names it as well as can be. */
  readonly rawSha256: Uint8Array
  readonly bodyState: BodyState
  /** Null: could not be read. */
  readonly header: ParsedHeader | null
  /** Null unless the whole message was read. */
  readonly content: Pick<ParsedMessage, 'text' | 'html' | 'snippet' | 'attachments' | 'hasAttachments'> | null
  /** Null: not stored. */
  readonly raw: { readonly octets: Uint8Array; readonly encoding: RawEncoding } | null
}

/** A message the server has in a mailbox: known by its id, or new with its content. */
export interface BatchItem {
  readonly attributes: MessageAttributes
  readonly message: { readonly knownId: Uuid } | { readonly stored: StorableMessage }
}

export interface BatchOutcome {
  /** Placements that were not there before. */
  readonly placed: number
  /** Messages that were not there before. */
  readonly created: number
}

/**
 * Writes a batch of one mailbox: messages whose source is not stored yet, and where they are. A source that is known keeps its
 * message and its id, whichever mailbox it is found in. Idempotent.
 */
export async function storeBatch(client: SqlExecutor, mailbox: MailboxKey, items: readonly BatchItem[]): Promise<BatchOutcome> {
  const idByHash = await findByHash(client, mailbox.accountId, items)
  const created: NewMessage[] = []
  const placements = items.map(({ attributes, message }) => {
    if ('knownId' in message) {
      return { attributes, messageId: message.knownId }
    }
    const key = hashKey(message.stored.rawSha256)
    const messageId = idByHash.get(key) ?? newId()
    if (!idByHash.has(key)) {
      idByHash.set(key, messageId)
      created.push({ id: messageId, attributes, message: message.stored })
    }
    return { attributes, messageId }
  })
  const threadIds = await assignThreads(client, mailbox.accountId, created.map(toThreadable))
  await insertMessages(client, mailbox.accountId, { messages: created, threadIds })
  await insertBodies(client, mailbox.accountId, created)
  await insertAttachments(client, mailbox.accountId, created)
  const placed = await insertPlacements(client, mailbox, placements)
  return { placed, created: created.length }
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
     WHERE account_id = $1::uuid AND email_id = ANY($2::text[]) AND body_state = 'stored'`,
    [accountId, [...sizes.keys()]],
  )
  const matches = (rows as { id: Uuid; email_id: string; size: number }[]).filter((row) => sizes.get(row.email_id) === row.size)
  return new Map(matches.map((row) => [row.email_id, row.id]))
}

function hashKey(rawSha256: Uint8Array): string {
  return Buffer.from(rawSha256).toString('hex')
}

async function findByHash(client: SqlExecutor, accountId: Uuid, items: readonly BatchItem[]): Promise<Map<string, Uuid>> {
  const hashes = items.flatMap(({ message }) => ('stored' in message ? [Buffer.from(message.stored.rawSha256)] : []))
  if (hashes.length === 0) {
    return new Map()
  }
  const { rows } = await client.query('SELECT id, raw_sha256 FROM message WHERE account_id = $1::uuid AND raw_sha256 = ANY($2::bytea[])', [
    accountId,
    hashes,
  ])
  return new Map((rows as { id: Uuid; raw_sha256: Buffer }[]).map((row) => [hashKey(row.raw_sha256), row.id]))
}

type NewMessage = { readonly id: Uuid; readonly attributes: MessageAttributes; readonly message: StorableMessage }

const MESSAGE_TYPES =
  'uuid uuid bytea text text text text[] text jsonb jsonb jsonb jsonb jsonb timestamptz timestamptz bigint text boolean text uuid'.split(
    ' ',
  )

async function insertMessages(
  client: SqlExecutor,
  accountId: Uuid,
  { messages, threadIds }: { readonly messages: readonly NewMessage[]; readonly threadIds: ReadonlyMap<Uuid, Uuid> },
): Promise<void> {
  const rows = messages.map(({ id, attributes, message: { rawSha256, header, content, bodyState } }) => [
    accountId,
    id,
    rawSha256,
    attributes.emailId,
    header?.messageIdHeader ?? null,
    header?.inReplyTo ?? null,
    header?.references ?? [],
    header?.subject ?? '',
    JSON.stringify(header?.from ?? []),
    JSON.stringify(header?.to ?? []),
    JSON.stringify(header?.cc ?? []),
    JSON.stringify(header?.bcc ?? []),
    JSON.stringify(header?.replyTo ?? []),
    header?.sentAt ?? null,
    receivedAt(attributes, header),
    attributes.sizeOctets,
    content?.snippet ?? '',
    content?.hasAttachments ?? false,
    bodyState,
    threadIds.get(id) ?? null,
  ])
  for (const { text, parameters } of toValues(MESSAGE_TYPES, rows)) {
    await client.query(
      `INSERT INTO message (account_id, id, raw_sha256, email_id, message_id_header, in_reply_to, "references", subject, "from", "to", cc,
         bcc, reply_to, sent_at, internal_date, size_octets, snippet, has_attachments, body_state, thread_id) VALUES ${text}`,
      parameters,
    )
  }
}

function toThreadable({ id, attributes, message: { header } }: NewMessage): ThreadableMessage {
  return { ...(header ?? NO_HEADER), id, receivedAt: receivedAt(attributes, header) }
}

const NO_HEADER = { messageIdHeader: null, inReplyTo: null, references: [], subject: '', from: [], to: [], cc: [], sentAt: null } as const

/** A server that gives no INTERNALDATE: the sender's word, else now. */
function receivedAt(attributes: MessageAttributes, header: ParsedHeader | null): Date {
  return attributes.internalDate ?? header?.sentAt ?? new Date()
}

async function insertBodies(client: SqlExecutor, accountId: Uuid, messages: readonly NewMessage[]): Promise<void> {
  const rows = messages.map(({ id, message: { content, raw } }) => [
    accountId,
    id,
    content?.text ?? null,
    content?.html ?? null,
    raw?.octets ?? null,
    raw?.encoding ?? 'identity',
  ])
  for (const { text, parameters } of toValues(['uuid', 'uuid', 'text', 'text', 'bytea', 'text'], rows)) {
    await client.query(`INSERT INTO message_body (account_id, message_id, text, html, raw, raw_encoding) VALUES ${text}`, parameters)
  }
}

async function insertAttachments(client: SqlExecutor, accountId: Uuid, messages: readonly NewMessage[]): Promise<void> {
  const rows = messages.flatMap(({ id, message }) =>
    (message.content?.attachments ?? []).map((attachment) => [
      accountId,
      id,
      attachment.part,
      attachment.filename,
      attachment.contentType,
      attachment.contentId,
      attachment.inline,
      attachment.sizeOctets,
    ]),
  )
  const types = ['uuid', 'uuid', 'text', 'text', 'text', 'text', 'boolean', 'bigint']
  for (const { text, parameters } of toValues(types, rows)) {
    await client.query(
      `INSERT INTO attachment (account_id, message_id, part, filename, content_type, content_id, inline, size_octets) VALUES ${text}`,
      parameters,
    )
  }
}

interface NewPlacement {
  readonly attributes: MessageAttributes
  readonly messageId: Uuid
}

/** Places messages; each takes over from its placement of an ended epoch, so that it is never listed twice. */
async function insertPlacements(
  client: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  placements: readonly NewPlacement[],
): Promise<number> {
  const rows = placements.map(({ attributes, messageId }) => [
    accountId,
    mailboxId,
    attributes.uid,
    messageId,
    attributes.internalDate,
    attributes.modseq?.toString() ?? null,
    attributes.flags,
    attributes.keywords,
  ])
  const types = ['uuid', 'uuid', 'bigint', 'uuid', 'timestamptz', 'bigint', 'text[]', 'text[]']
  let placed = 0
  for (const { text, parameters } of toValues(types, rows)) {
    const { rows: inserted } = await client.query(
      `INSERT INTO placement (account_id, mailbox_id, uid, message_id, internal_date, modseq, flags, keywords)
       SELECT account_id, mailbox_id, uid, message_id, coalesce(internal_date, (SELECT message.internal_date FROM message
                WHERE message.account_id = found.account_id AND message.id = found.message_id)), modseq, flags, keywords
       FROM (VALUES ${text}) AS found (account_id, mailbox_id, uid, message_id, internal_date, modseq, flags, keywords)
       ON CONFLICT (account_id, mailbox_id, uid) DO NOTHING RETURNING uid`,
      parameters,
    )
    placed += inserted.length
  }
  const messageIds = placements.map(({ messageId }) => messageId)
  await client.query(
    'UPDATE message SET orphaned_at = NULL WHERE account_id = $1::uuid AND id = ANY($2::uuid[]) AND orphaned_at IS NOT NULL',
    [accountId, messageIds],
  )
  await replaceEnded(client, { accountId, mailboxId }, messageIds)
  return placed
}

async function replaceEnded(client: SqlExecutor, { accountId, mailboxId }: MailboxKey, messageIds: readonly Uuid[]): Promise<void> {
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
