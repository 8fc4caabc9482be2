import { silentLogger } from '@maildock/core'
import { openPool } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeBatch } from '../../src/store/message-store.ts'
import { composeListed, countReads, keepStatistics, storeInPass } from '../fixture/count-reads.ts'
import { insertMailbox } from '../fixture/store-items.ts'

/** So few that going through all of them is the fastest way to one. */
const FIRST = 10
/** Enough for plans to be kept again. */
const STORED = 3_500
const BATCH = 50

const database = useTestDatabase()
let pool: Pool
beforeAll(async () => {
  // One connection: what PostgreSQL keeps for its life is what this is about.
  pool = openPool({ connectionString: database.connectionString, applicationName: 'kept-plans', maxConnections: 1, logger: silentLogger })
  await keepStatistics(pool)
})
afterAll(async () => pool.end())

describe('a connection that stored the first messages of an installation', () => {
  it('stores those of a long mailbox without going through it for each of them', async () => {
    const first = await insertMailbox(pool)
    await storeInPass(pool, first, composeListed(1, FIRST))
    await pool.query('ANALYZE')
    // More than five: from the sixth check on PostgreSQL may keep its plan.
    await storeInPass(pool, first, composeListed(FIRST + 1, FIRST))

    const long = await insertMailbox(pool)
    for (let start = 1; start <= STORED; start += 500) {
      await storeInPass(pool, long, composeListed(start, 500))
    }
    const items = composeListed(STORED + 1, BATCH)
    // Once for the whole batch may be the fastest way.
    const reads = await countReads(pool, async (client) => storeBatch(client, long, items))
    expect(reads).toBeLessThan(STORED * 3)
  })
})
