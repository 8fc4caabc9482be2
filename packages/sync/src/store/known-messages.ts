import type { Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import { nameHeader, nameOctets, type KnownMessage, type KnownOfBatch } from '../plan/plan-storing.ts'
import type { BatchItem } from './batch-item.ts'
import { bodyById, messageById, placementsByUid } from './by-key.ts'
import type { MailboxKey } from './placement-store.ts'

/** What the database has of a batch: by place, by source, and by header. */
export async function findKnown(client: SqlExecutor, mailbox: MailboxKey, items: readonly BatchItem[]): Promise<KnownOfBatch> {
  return {
    placed: await findPlaced(client, mailbox, items),
    byRaw: await findByRaw(client, mailbox.accountId, items),
    byHeader: await findByHeader(client, mailbox.accountId, items),
  }
}

async function findPlaced(
  client: SqlExecutor,
  { accountId, mailboxId }: MailboxKey,
  items: readonly BatchItem[],
): Promise<ReadonlyMap<number, KnownMessage>> {
  const { rows } = await client.query(
    `SELECT found.uid::float8 AS uid, message.id, body.message_id IS NOT NULL AS has_body, message.header_sha256 IS NULL AS lacks_header
     FROM unnest($3::bigint[]) AS asked (uid) CROSS JOIN ${placementsByUid('uid, message_id')}
     CROSS JOIN ${messageById('found.message_id', 'id, header_sha256')} LEFT JOIN ${bodyById('found.message_id', 'message_id')} ON true`,
    [accountId, mailboxId, items.map(({ attributes }) => attributes.uid)],
  )
  const found = rows as { uid: number; id: Uuid; has_body: boolean; lacks_header: boolean }[]
  return new Map(found.map(({ uid, id, has_body: hasBody, lacks_header: lacksHeader }) => [uid, { id, hasBody, lacksHeader }]))
}

async function findByRaw(client: SqlExecutor, accountId: Uuid, items: readonly BatchItem[]): Promise<ReadonlyMap<string, Uuid>> {
  const hashes = items.flatMap(({ message }) => ('stored' in message ? [toBuffer(message.stored.rawSha256)] : []))
  if (hashes.length === 0) {
    return new Map()
  }
  const { rows } = await client.query(
    `SELECT found.* FROM unnest($2::bytea[]) AS asked (hash) CROSS JOIN LATERAL (
       SELECT message_id, raw_sha256 FROM message_body WHERE account_id = $1::uuid AND raw_sha256 = asked.hash LIMIT 1) AS found`,
    [accountId, hashes],
  )
  return new Map((rows as { message_id: Uuid; raw_sha256: Buffer }[]).map((row) => [nameOctets(row.raw_sha256), row.message_id]))
}

/** Rows of one header block are bounded for themselves: one that is very common leaves the others theirs. */
async function findByHeader(
  client: SqlExecutor,
  accountId: Uuid,
  items: readonly BatchItem[],
): Promise<ReadonlyMap<string, readonly KnownMessage[]>> {
  const hashes = new Map<string, Buffer>()
  const sizes = new Set<number>()
  for (const { attributes, message } of items) {
    const hash = 'stored' in message ? message.stored.headerSha256 : 'listed' in message ? message.listed.headerSha256 : null
    if (hash !== null) {
      hashes.set(nameOctets(hash), toBuffer(hash))
      sizes.add(attributes.sizeOctets)
    }
  }
  if (hashes.size === 0) {
    return new Map()
  }
  const { rows } = await client.query(
    `SELECT found.*, body.message_id IS NOT NULL AS has_body FROM unnest($2::bytea[]) AS wanted (hash) CROSS JOIN LATERAL (
       SELECT id, email_id, header_sha256, size_octets::float8 AS size
       FROM message WHERE account_id = $1::uuid AND header_sha256 = wanted.hash AND size_octets = ANY($3::bigint[])
       ORDER BY id LIMIT $4::int) AS found LEFT JOIN ${bodyById('found.id', 'message_id')} ON true`,
    [accountId, [...hashes.values()], [...sizes], Math.max(LEAST_ALIKE, Math.floor(MAX_ALIKE / hashes.size))],
  )
  const found = rows as { id: Uuid; email_id: string | null; header_sha256: Buffer; size: number; has_body: boolean }[]
  const grouped = Map.groupBy(found, (row) => nameHeader(row.header_sha256, row.size))
  return new Map(
    [...grouped].map(([name, group]) => [name, group.map(({ id, has_body: hasBody, email_id: emailId }) => ({ id, hasBody, emailId }))]),
  )
}

/**
 * Messages with one header block, of a batch that has no other; of one that has several each has its share, and at least so many. A sender who writes
 * a hundred thousand messages with one header is answered with new messages from there on, until their sources are there.
 */
const MAX_ALIKE = 10_000
const LEAST_ALIKE = 100

function toBuffer(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
}
