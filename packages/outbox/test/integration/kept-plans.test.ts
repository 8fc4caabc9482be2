import { silentLogger } from '@maildock/core'
import { newId } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attemptSubmission, linkSentMessages, settleCopy, startCopy } from '../../src/index.ts'
import { createTakingServer, openOutboxDesk, type DeskAccount, type OutboxDesk } from '../fixture/outbox-desk.ts'

/** What an account has sent before, its copies still to be filed. */
const SENT = 3_000
/** From the sixth execution on PostgreSQL may keep a plan. */
const FIRST = 8
const MEASURED = 10
const TABLES = ['submission', 'submission_recipient', 'submission_step', 'account', 'credential'] as const

const { connectionString } = useTestDatabase()
const { deliver } = createTakingServer()
let desk: OutboxDesk
beforeAll(async () => {
  // One connection: what PostgreSQL keeps for its life is what this is about.
  desk = openOutboxDesk(connectionString, 1)
  for (const table of TABLES) {
    await desk.pool.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`)
  }
})
afterAll(async () => desk[Symbol.asyncDispose]())

/** Everything that happens to a message, twice: once taken at the first attempt, and once from the queue. */
async function sendTwo(account: DeskAccount): Promise<void> {
  const claim = await desk.acceptClaimed(account)
  await attemptSubmission({ pool: desk.pool, deliver, logger: silentLogger, signal: new AbortController().signal }, claim)
  const queued = await desk.accept(account)
  await using outbox = desk.open(deliver)
  await outbox.turn()
  for (const ref of [claim, queued]) {
    await startCopy(desk.pool, ref)
    await settleCopy(desk.pool, ref, 'filed')
    const { messageIdHeader, status } = await desk.read(account, ref)
    await linkSentMessages(desk.pool, account.accountId, [{ messageId: newId(), messageIdHeader }])
    expect(status).toBe('sent')
  }
}

/** Rows the connection read. */
async function countReads(use: () => Promise<void>): Promise<number> {
  const before = await readReads()
  await use()
  return (await readReads()) - before
}

async function readReads(): Promise<number> {
  await desk.pool.query('SELECT pg_stat_force_next_flush()')
  const { rows } = await desk.pool.query<{ reads: number }>(
    `SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS reads FROM pg_stat_user_tables WHERE relname = ANY($1)`,
    [TABLES],
  )
  return rows[0]?.reads ?? 0
}

/** Sent, and its copies owed: as after a mailing. */
async function fill({ accountId, userId }: DeskAccount): Promise<void> {
  await desk.pool.query(
    `INSERT INTO submission (account_id, id, user_id, status, sandbox, subject, message_id_header, reverse_path, needs_smtputf8, needs_8bit, source,
       tags, metadata, payload_sha256, sent_copy, sent_copy_due_at)
     SELECT $1, gen_random_uuid(), $2, 'sent', false, 'hello', '<' || number || '@mail.test>', 'a@mail.test', false, false, 'Subject: hello',
       '{}', '{}', '', 'owed', clock_timestamp() + interval '1 hour' FROM generate_series(1, $3::int) AS number`,
    [accountId, userId, SENT],
  )
}

describe('a connection that sent the first messages of an installation', () => {
  test('sends those of an account that has sent thousands without going through them', async () => {
    const account = await desk.connect()
    for (let index = 0; index < FIRST; index += 1) {
      await sendTwo(account)
    }
    await fill(account)
    const reads = await countReads(async () => {
      for (let index = 0; index < MEASURED; index += 1) {
        await sendTwo(account)
      }
    })
    // Some thirty rows of its own for each message; all that was sent before would be 3 000 for each statement.
    expect(reads / (2 * MEASURED)).toBeLessThan(100)
  })
})
