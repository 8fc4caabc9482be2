import { MaildockError, type Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import { MAX_REST_MS } from './join-by-subject.ts'
import type { KnownThreads, SubjectThread } from './plan-threads.ts'
import { MAX_CORRESPONDENTS, toCorrespondents, type ReadMessage } from './read-threadable.ts'
import { THREAD_COLUMNS, toKnownThread, type ThreadRow } from './thread-row.ts'

/** Threads of one subject that are looked at, newest first. A reply that finds its place in none of them has a thread of its own. */
const MAX_PLACES = 5
/** Threads that wait for what they answer, looked at for one batch. */
const MAX_AWAITING = 200
/** Messages of a thread that are asked who takes part in it, newest first. */
const MAX_ASKED = 3

type SubjectRow = ThreadRow & { readonly subject_hash: string }

/**
 * Finds the threads that subjects of a batch may lead to: those a reply without references may belong to, and those that wait for a message
 * of the batch. For most batches that is one look into an index that is nearly empty.
 */
export async function findSubjectThreads(
  client: SqlExecutor,
  accountId: Uuid,
  messages: readonly ReadMessage[],
): Promise<Pick<KnownThreads, 'bySubject' | 'ownEmailKey'>> {
  const seekers = messages.filter(({ seeksBySubject }) => seeksBySubject)
  const rows = [...(await findAwaiting(client, accountId, messages)), ...(await findPlaces(client, accountId, seekers))]
  if (rows.length === 0 && seekers.length === 0) {
    return { bySubject: [], ownEmailKey: '' }
  }
  const ownEmailKey = await getEmailKey(client, accountId)
  return { bySubject: await toSubjectThreads(client, accountId, { rows, ownEmailKey }), ownEmailKey }
}

async function findAwaiting(client: SqlExecutor, accountId: Uuid, messages: readonly ReadMessage[]): Promise<SubjectRow[]> {
  const subjects = new Set(messages.flatMap(({ subjectHash }) => subjectHash ?? []))
  const { rows } = await client.query(
    `SELECT ${THREAD_COLUMNS}, thread.subject_hash FROM thread
     WHERE account_id = $1::uuid AND awaits_original AND subject_hash = ANY($2::uuid[]) LIMIT $3::int`,
    [accountId, `{${[...subjects].join(',')}}`, MAX_AWAITING],
  )
  return rows as SubjectRow[]
}

async function findPlaces(client: SqlExecutor, accountId: Uuid, seekers: readonly ReadMessage[]): Promise<SubjectRow[]> {
  if (seekers.length === 0) {
    return []
  }
  const bySubject = [...Map.groupBy(seekers, ({ subjectHash }) => subjectHash)]
  const times = bySubject.map(([, group]) => group.map(({ writtenMs }) => writtenMs).toSorted((a, b) => a - b))
  const { rows } = await client.query(
    `SELECT place.* FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS sought (subject_hash, since, until)
     CROSS JOIN LATERAL (
       SELECT ${THREAD_COLUMNS}, thread.subject_hash FROM thread
       WHERE account_id = $1::uuid AND thread.subject_hash = sought.subject_hash AND last_message_at >= since AND first_message_at <= until
       ORDER BY last_message_at DESC LIMIT $5::int) AS place`,
    [
      accountId,
      bySubject.map(([subjectHash]) => subjectHash),
      times.map((sorted) => new Date((sorted[0] ?? 0) - MAX_REST_MS)),
      times.map((sorted) => new Date(sorted.at(-1) ?? 0)),
      MAX_PLACES,
    ],
  )
  return rows as SubjectRow[]
}

/** @throws MaildockError account.not_found: it is being deleted, and nothing of it is written any more */
async function getEmailKey(client: SqlExecutor, accountId: Uuid): Promise<string> {
  const { rows } = await client.query('SELECT email_key FROM account WHERE id = $1::uuid', [accountId])
  const [account] = rows as { email_key: string }[]
  if (account === undefined) {
    throw new MaildockError('account.not_found')
  }
  return account.email_key
}

interface ParticipantsRow {
  readonly thread_id: Uuid
  readonly addresses: readonly (string | null)[]
}

async function toSubjectThreads(
  client: SqlExecutor,
  accountId: Uuid,
  found: { readonly rows: readonly SubjectRow[]; readonly ownEmailKey: string },
): Promise<SubjectThread[]> {
  const threads = new Map(found.rows.map((row) => [row.id, row]))
  if (threads.size === 0) {
    return []
  }
  const { rows } = await client.query(
    `SELECT thread_id, jsonb_path_query_array("from" || "to" || cc, '$[0 to ${MAX_CORRESPONDENTS - 1}].address') AS addresses
     FROM unnest($2::uuid[]) AS asked (id) CROSS JOIN LATERAL (
       SELECT thread_id, "from", "to", cc FROM message WHERE account_id = $1::uuid AND thread_id = asked.id
       ORDER BY internal_date DESC LIMIT $3::int) AS member`,
    [accountId, [...threads.keys()], MAX_ASKED],
  )
  const members = Map.groupBy(rows as ParticipantsRow[], ({ thread_id }) => thread_id)
  return [...threads.values()].map((row) => ({
    thread: toKnownThread(row),
    subjectHash: row.subject_hash,
    correspondents: toCorrespondents(
      (members.get(row.id) ?? []).flatMap(({ addresses }) => addresses),
      found.ownEmailKey,
    ),
  }))
}
