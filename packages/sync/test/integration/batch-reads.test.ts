import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEpoch } from '../../src/store/cursor-store.ts'
import { storeBatch } from '../../src/store/message-store.ts'
import { listUidsOutsideWindow, removePlacements, removeRanges, updateFlags, type MailboxKey } from '../../src/store/placement-store.ts'
import { lookForUnsourced } from '../../src/store/unsourced-store.ts'
import { composeMail } from '../fixture/compose-mail.ts'
import { composeListed, countReads, keepStatistics, storeInPass } from '../fixture/count-reads.ts'
import { insertMailbox, item } from '../fixture/store-items.ts'

/** In the mailbox; what goes through all of it reads at least so much. */
const STORED = 3_000
const BATCH = 50
/** Twenty for a message of a batch: its placement, itself, its body, its thread, and what leads to them. */
const FEW = BATCH * 20

const database = useTestDatabase()
let pool: Pool
beforeAll(async () => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'batch-reads', maxConnections: 2, logger: silentLogger })
  await keepStatistics(pool)
})
afterAll(async () => pool.end())

async function fillMailbox(): Promise<MailboxKey> {
  const key = await insertMailbox(pool)
  for (let start = 1; start <= STORED; start += 500) {
    await storeInPass(pool, key, composeListed(start, 500))
  }
  // Enough of them for an index to be a matter of choice.
  const sources = Array.from({ length: 500 }, (_, index) => item(index + 1, composeMail(index + 1)))
  await storeInPass(pool, key, sources)
  return key
}

describe.each([
  { what: 'without statistics', prepare: async (): Promise<void> => undefined },
  {
    what: 'with statistics of other accounts',
    prepare: async (): Promise<void> => {
      for (let account = 0; account < 3; account += 1) {
        const key = await insertMailbox(pool)
        await storeInPass(pool, key, composeListed(1, 200))
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
    const items = composeListed(STORED + 1_000, BATCH)
    expect(await countReads(pool, async (client) => storeBatch(client, key, items))).toBeLessThan(FEW)
  })

  it('has sources stored', async () => {
    const items = uids.map((uid) => item(uid, composeMail(uid)))
    expect(await countReads(pool, async (client) => storeBatch(client, key, items))).toBeLessThan(FEW)
  })

  it('tells what lacks its source', async () => {
    expect(await countReads(pool, async (client) => lookForUnsourced(client, key, { belowUid: STORED, limit: BATCH }))).toBeLessThan(FEW)
  })

  it('tells what is outside of the window', async () => {
    const window = { lowUid: BATCH, highUid: 2 * STORED }
    expect(await countReads(pool, async (client) => listUidsOutsideWindow(client, key, window))).toBeLessThan(FEW)
  })

  it('has flags changed', async () => {
    const flags = uids.map((uid) => ({ uid, flags: ['\\Seen'], keywords: [], modseq: null }))
    expect(await countReads(pool, async (client) => updateFlags(client, key, flags))).toBeLessThan(FEW)
  })

  it('loses messages, one by one and by ranges', async () => {
    expect(await countReads(pool, async (client) => removePlacements(client, key, uids))).toBeLessThan(FEW)
    expect(await countReads(pool, async (client) => removeRanges(client, key, [{ from: 2_000, to: 2_000 + BATCH }]))).toBeLessThan(FEW)
  })

  it('is numbered anew by going through it once, and found again without', async () => {
    const reads = await countReads(pool, async (client) => startEpoch(client, key, { uidValidity: 2n }))
    expect(reads).toBeLessThan(STORED * 6)
    const found = composeListed(100, BATCH)
    expect(await countReads(pool, async (client) => storeBatch(client, key, found))).toBeLessThan(FEW)
  })
})
