import type { Correspondent, Uuid } from '@maildock/core'
import type { SqlExecutor } from '@maildock/db'
import type { Pass } from '../pass.ts'
import { messageById } from '../store/by-key.ts'
import { inPass } from '../store/in-pass.ts'
import type { ThreadableMessage } from './read-threadable.ts'
import { assignThreads } from './thread-store.ts'

const BATCH = 500
/** Batches in one pass: some seconds of it. The next pass goes on. */
const MAX_BATCHES = 100

/**
 * Gives threads to messages that were stored before there were any, as far as one pass takes it. Where there are none, that is one look into an
 * empty index. @throws LeaseLostError, PassOutdatedError
 */
export async function threadBacklog(pass: Pass): Promise<void> {
  let threaded = 0
  for (let count = 0; count < MAX_BATCHES && !pass.isTimeUp(); count += 1) {
    const batch = await listUnthreaded(pass.pool, pass.accountId)
    if (batch.length === 0) {
      break
    }
    await inPass(pass, async (client) => threadBatch(client, pass.accountId, batch))
    threaded += batch.length
  }
  if (threaded > 0) {
    pass.logger.info({ messages: threaded }, 'Messages that were stored before there were threads have theirs.')
  }
}

/** Whether there is anything for `threadBacklog` to do. */
export async function hasThreadBacklog(executor: SqlExecutor, accountId: Uuid): Promise<boolean> {
  const { rows } = await executor.query('SELECT 1 AS found FROM message WHERE account_id = $1::uuid AND thread_id IS NULL LIMIT 1', [
    accountId,
  ])
  return rows.length > 0
}

interface UnthreadedRow {
  readonly id: Uuid
  readonly message_id_header: string | null
  readonly in_reply_to: string | null
  readonly references: readonly string[]
  readonly subject: string
  readonly from: readonly Correspondent[]
  readonly to: readonly Correspondent[]
  readonly cc: readonly Correspondent[]
  readonly sent_at: Date | null
  readonly internal_date: Date
}

async function listUnthreaded(executor: SqlExecutor, accountId: Uuid): Promise<ThreadableMessage[]> {
  const { rows } = await executor.query(
    `SELECT id, message_id_header, in_reply_to, "references", subject, "from", "to", cc, sent_at, internal_date FROM message
     WHERE account_id = $1::uuid AND thread_id IS NULL ORDER BY id LIMIT $2::int`,
    [accountId, BATCH],
  )
  return (rows as UnthreadedRow[]).map(({ message_id_header, in_reply_to, sent_at, internal_date, ...row }) => ({
    ...row,
    messageIdHeader: message_id_header,
    inReplyTo: in_reply_to,
    sentAt: sent_at,
    receivedAt: internal_date,
  }))
}

async function threadBatch(client: SqlExecutor, accountId: Uuid, batch: readonly ThreadableMessage[]): Promise<void> {
  const threadIds = await assignThreads(client, accountId, batch)
  await client.query(
    `UPDATE message AS threaded SET thread_id = asked.thread_id FROM unnest($2::uuid[], $3::uuid[]) AS asked (id, thread_id)
     CROSS JOIN ${messageById('asked.id', 'ctid')} WHERE threaded.ctid = message.ctid`,
    [accountId, [...threadIds.keys()], [...threadIds.values()]],
  )
}
