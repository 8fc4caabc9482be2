import type { Uuid } from '@maildock/core'
import { newId, type SqlExecutor } from '@maildock/db'
import { messageById } from '../store/by-key.ts'
import { findSubjectThreads } from './find-subject-threads.ts'
import { nameWithoutHeader } from './message-identifiers.ts'
import { planThreads, type NewThread, type ThreadPlan } from './plan-threads.ts'
import { readThreadable, type ReadMessage, type ThreadableMessage } from './read-threadable.ts'
import type { KnownThread } from './thread-groups.ts'
import { THREAD_COLUMNS, toKnownThread, type ThreadRow } from './thread-row.ts'

/**
 * Gives each message of a batch its thread, and stores what later ones need to find it. To be called in the transaction that writes the messages,
 * before they are written, by the one writer of the account. A number of statements that does not depend on the batch, but for messages
 * whose thread is merged into an older one: those get its id. Asked again for the same messages, it gives the same threads.
 * @returns the thread of each message, by its id
 */
export async function assignThreads(
  client: SqlExecutor,
  accountId: Uuid,
  messages: readonly ThreadableMessage[],
): Promise<ReadonlyMap<Uuid, Uuid>> {
  if (messages.length === 0) {
    return new Map()
  }
  const read = messages.map(readThreadable)
  const byIdentifier = await findByIdentifier(client, accountId, read)
  const plan = planThreads(read, { byIdentifier, ...(await findSubjectThreads(client, accountId, read)) }, { newThreadId: newId })
  await insertThreads(client, accountId, plan.created)
  await updateThreads(client, accountId, plan.changed)
  await insertLinks(client, accountId, plan.links)
  await mergeThreads(client, accountId, plan.merged)
  return plan.threadIds
}

/**
 * The same for stored messages whose headers could not be read when they got their threads: each is alone in one. What it says now is planned as of
 * a message that is new, and whoever still knows the old thread is led to the new one. To be called before the messages get their new threads.
 */
export async function replanThreads(
  client: SqlExecutor,
  accountId: Uuid,
  messages: readonly ThreadableMessage[],
): Promise<ReadonlyMap<Uuid, Uuid>> {
  if (messages.length === 0) {
    return new Map()
  }
  const nameless = messages.map(({ id }) => nameWithoutHeader(id))
  await client.query('DELETE FROM thread_link WHERE account_id = $1::uuid AND identifier = ANY($2::uuid[])', [accountId, toArray(nameless)])
  const threadIds = await assignThreads(client, accountId, messages)
  await client.query(
    `UPDATE thread SET merged_into = planned.thread_id FROM unnest($2::uuid[], $3::uuid[]) AS planned (message_id, thread_id)
       CROSS JOIN ${messageById('planned.message_id', 'thread_id')}
     WHERE thread.account_id = $1::uuid AND thread.id = message.thread_id AND thread.id <> planned.thread_id`,
    [accountId, toArray([...threadIds.keys()]), toArray([...threadIds.values()])],
  )
  return threadIds
}

type LinkedRow = ThreadRow & { readonly identifier: string; readonly merged_into: Uuid | null }

/**
 * LATERAL with a limit here, and `= ANY` beside each join below: rows are looked up by their key, whatever the planner believes of a table that was
 * empty a moment ago. A join alone has been seen to read all threads of the account.
 */
async function findByIdentifier(
  client: SqlExecutor,
  accountId: Uuid,
  messages: readonly ReadMessage[],
): Promise<ReadonlyMap<string, KnownThread>> {
  const identifiers = new Set(messages.flatMap(({ own, mentioned }) => [own, ...mentioned]))
  const { rows } = await client.query(
    `SELECT link.identifier, linked.* FROM thread_link AS link CROSS JOIN LATERAL (
       SELECT ${THREAD_COLUMNS}, merged_into FROM thread WHERE account_id = $1::uuid AND id = link.thread_id LIMIT 1) AS linked
     WHERE link.account_id = $1::uuid AND link.identifier = ANY($2::uuid[])`,
    [accountId, toArray([...identifiers])],
  )
  const links = rows as LinkedRow[]
  const survivors = await findThreads(client, accountId, new Set(links.flatMap(({ merged_into }) => merged_into ?? [])))
  return new Map(links.map((row) => [row.identifier, survivors.get(row.merged_into ?? '') ?? toKnownThread(row)]))
}

async function findThreads(client: SqlExecutor, accountId: Uuid, ids: ReadonlySet<Uuid>): Promise<ReadonlyMap<Uuid, KnownThread>> {
  if (ids.size === 0) {
    return new Map()
  }
  const { rows } = await client.query(`SELECT ${THREAD_COLUMNS} FROM thread WHERE account_id = $1::uuid AND id = ANY($2::uuid[])`, [
    accountId,
    toArray([...ids]),
  ])
  return new Map((rows as ThreadRow[]).map((row) => [row.id, toKnownThread(row)]))
}

const TIMES = 'to_timestamp(first_message_ms / 1000), to_timestamp(last_message_ms / 1000)'

async function insertThreads(client: SqlExecutor, accountId: Uuid, threads: readonly NewThread[]): Promise<void> {
  if (threads.length > 0) {
    await client.query(
      `INSERT INTO thread (account_id, id, message_count, awaits_original, subject_hash, first_message_at, last_message_at)
       SELECT $1::uuid, id, message_count, awaits_original, subject_hash, ${TIMES}
       FROM unnest($2::uuid[], $3::int[], $4::boolean[], $5::float8[], $6::float8[], $7::uuid[])
         AS created (id, message_count, awaits_original, first_message_ms, last_message_ms, subject_hash)`,
      [accountId, ...toColumns(threads), toArray(threads.map(({ subjectHash }) => subjectHash ?? 'NULL'))],
    )
  }
}

async function updateThreads(client: SqlExecutor, accountId: Uuid, threads: ThreadPlan['changed']): Promise<void> {
  if (threads.length > 0) {
    await client.query(
      `UPDATE thread SET message_count = changed.message_count, awaits_original = changed.awaits_original,
         (first_message_at, last_message_at) = ROW (${TIMES})
       FROM unnest($2::uuid[], $3::int[], $4::boolean[], $5::float8[], $6::float8[])
         AS changed (id, message_count, awaits_original, first_message_ms, last_message_ms)
       WHERE thread.account_id = $1::uuid AND thread.id = ANY($2::uuid[]) AND thread.id = changed.id`,
      [accountId, ...toColumns(threads)],
    )
  }
}

function toColumns(threads: readonly KnownThread[]): string[] {
  return [
    toArray(threads.map(({ id }) => id)),
    toArray(threads.map(({ messageCount }) => messageCount)),
    toArray(threads.map(({ awaitsOriginal }) => awaitsOriginal)),
    toArray(threads.map(({ firstMessageMs }) => firstMessageMs)),
    toArray(threads.map(({ lastMessageMs }) => lastMessageMs)),
  ]
}

/** An array as PostgreSQL reads one. Numbers, truth values and UUIDs need no quotes, and the driver would look for them in each. */
function toArray(values: readonly (string | number | boolean)[]): string {
  return `{${values.join(',')}}`
}

async function insertLinks(client: SqlExecutor, accountId: Uuid, links: ThreadPlan['links']): Promise<void> {
  if (links.length > 0) {
    await client.query(
      `INSERT INTO thread_link (account_id, identifier, thread_id) SELECT $1::uuid, * FROM unnest($2::uuid[], $3::uuid[])`,
      [accountId, toArray(links.map(({ identifier }) => identifier)), toArray(links.map(({ threadId }) => threadId))],
    )
  }
}

/** Links stay as they are: they are read through `merged_into`, which always names a thread that is not merged itself. */
async function mergeThreads(client: SqlExecutor, accountId: Uuid, merged: ThreadPlan['merged']): Promise<void> {
  if (merged.length === 0) {
    return
  }
  const parameters = [accountId, toArray(merged.map(({ id }) => id)), toArray(merged.map(({ into }) => into))]
  const from = 'FROM unnest($2::uuid[], $3::uuid[]) AS merged (id, into_id)'
  await client.query(
    `UPDATE message SET thread_id = merged.into_id ${from} CROSS JOIN LATERAL (
       SELECT ctid FROM message WHERE account_id = $1::uuid AND thread_id = merged.id OFFSET 0) AS member WHERE message.ctid = member.ctid`,
    parameters,
  )
  await client.query(
    `UPDATE thread SET merged_into = merged.into_id, subject_hash = NULL, awaits_original = false ${from}
     WHERE thread.account_id = $1::uuid AND thread.id = ANY($2::uuid[]) AND thread.id = merged.id`,
    parameters,
  )
  await client.query(
    `UPDATE thread SET merged_into = merged.into_id ${from} WHERE thread.account_id = $1::uuid AND thread.merged_into = ANY($2::uuid[])
       AND thread.merged_into = merged.id`,
    parameters,
  )
}
