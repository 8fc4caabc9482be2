import { silentLogger } from '@maildock/core'
import { inTransaction, openPool } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool, PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BatchItem } from '../../src/store/batch-item.ts'
import { CHOOSE_PLANS } from '../../src/store/in-pass.ts'
import { startEpoch } from '../../src/store/mailbox-store.ts'
import { storeBatch } from '../../src/store/message-store.ts'
import { listUidsOutsideWindow, removePlacements, removeRanges, updateFlags, type MailboxKey } from '../../src/store/placement-store.ts'
import { lookForUnsourced } from '../../src/store/unsourced-store.ts'
import { composeMail } from '../fixture/compose-mail.ts'
import { insertMailbox, item, toListed } from '../fixture/store-items.ts'

/** In the mailbox; what goes through all of it reads at least so much. */
const STORED = 3_000
const BATCH = 50
/** Twenty for a message of a batch: its placement, itself, its body, its thread, and what leads to them. */
const FEW = BATCH * 20
const TABLES = ['message', 'message_body', 'placement', 'thread', 'thread_link', 'attachment', 'withheld'] as const

const database = useTestDatabase()
let pool: Pool
beforeAll(async () => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'batch-reads', maxConnections: 2, logger: silentLogger })
  for (const table of TABLES) {
    // What PostgreSQL knows of its tables is this test's choice.
    await pool.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`)
  }
})
afterAll(async () => pool.end())

function compose(uid: number): BatchItem {
  // A hash of its own for each: the fixture's has one octet.
  const headerSha256 = Buffer.alloc(32)
  headerSha256.writeUInt32BE(uid)
  const { attributes, message } = toListed(item(uid, composeMail(uid)))
  return { attributes, message: 'listed' in message ? { listed: { ...message.listed, headerSha256 } } : message }
}

async function fillMailbox(): Promise<MailboxKey> {
  const key = await insertMailbox(pool)
  for (let start = 1; start <= STORED; start += 500) {
    await storeInPass(
      key,
      Array.from({ length: 500 }, (_, index) => compose(start + index)),
    )
  }
  // Enough of them for an index to be a matter of choice.
  const sources = Array.from({ length: 500 }, (_, index) => item(index + 1, composeMail(index + 1)))
  await storeInPass(key, sources)
  return key
}

/** As a pass does it. */
async function storeInPass(key: MailboxKey, items: readonly BatchItem[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`SELECT ${CHOOSE_PLANS}`)
    await storeBatch(client, key, items)
  })
}

/** Rows of all tables that are read by it. */
async function countReads(use: (client: PoolClient) => Promise<unknown>): Promise<number> {
  return inTransaction(pool, async (client) => {
    await client.query(`SELECT ${CHOOSE_PLANS}`)
    const before = await readReads(client)
    await use(client)
    return (await readReads(client)) - before
  })
}

/** Rows this connection has read and not yet told about: that includes what it read before. */
async function readReads(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ reads: number }>(
    `SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int AS reads FROM pg_stat_xact_user_tables WHERE relname = ANY($1)`,
    [TABLES],
  )
  return rows[0]?.reads ?? 0
}

describe.each([
  { what: 'without statistics', prepare: async (): Promise<void> => undefined },
  {
    what: 'with statistics of other accounts',
    prepare: async (): Promise<void> => {
      for (let account = 0; account < 3; account += 1) {
        const key = await insertMailbox(pool)
        const items = Array.from({ length: 200 }, (_, index) => compose(index + 1))
        await storeInPass(key, items)
      }
      await pool.query('ANALYZE')
    },
  },
])('a long mailbox, $what', ({ prepare }) => {
  let key: MailboxKey
  beforeAll(async () => {
    await prepare()
    key = await fillMailbox()
  })
  const uids = Array.from({ length: BATCH }, (_, index) => 1_000 + index)

  it('has new messages listed without being read', async () => {
    const items = uids.map((uid) => compose(STORED + uid))
    expect(await countReads(async (client) => storeBatch(client, key, items))).toBeLessThan(FEW)
  })

  it('has sources stored', async () => {
    const items = uids.map((uid) => item(uid, composeMail(uid)))
    expect(await countReads(async (client) => storeBatch(client, key, items))).toBeLessThan(FEW)
  })

  it('tells what lacks its source', async () => {
    expect(await countReads(async (client) => lookForUnsourced(client, key, { belowUid: STORED, limit: BATCH }))).toBeLessThan(FEW)
  })

  it('tells what is outside of the window', async () => {
    const window = { lowUid: BATCH, highUid: 2 * STORED }
    expect(await countReads(async (client) => listUidsOutsideWindow(client, key, window))).toBeLessThan(FEW)
  })

  it('has flags changed', async () => {
    const flags = uids.map((uid) => ({ uid, flags: ['\\Seen'], keywords: [], modseq: null }))
    expect(await countReads(async (client) => updateFlags(client, key, flags))).toBeLessThan(FEW)
  })

  it('loses messages, one by one and by ranges', async () => {
    expect(await countReads(async (client) => removePlacements(client, key, uids))).toBeLessThan(FEW)
    expect(await countReads(async (client) => removeRanges(client, key, [{ from: 2_000, to: 2_000 + BATCH }]))).toBeLessThan(FEW)
  })

  it('is numbered anew by going through it once, and found again without', async () => {
    const reads = await countReads(async (client) => startEpoch(client, key.accountId, key.mailboxId, { uidValidity: 2n }))
    expect(reads).toBeLessThan(STORED * 6)
    const found = Array.from({ length: BATCH }, (_, index) => compose(100 + index))
    expect(await countReads(async (client) => storeBatch(client, key, found))).toBeLessThan(FEW)
  })
})
