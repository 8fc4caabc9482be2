import { silentLogger } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  beatWorker,
  countCredentialsByKey,
  ensureKeyCanary,
  forgetWorkers,
  inTransaction,
  listCredentialsNotSealedWith,
  listDeadWorkers,
  listKeyCanaries,
  lockUser,
  newId,
  openPool,
  replaceSealed,
  type StoredCredential,
} from '../../src/index.ts'
import { insertAccount } from './insert-account.ts'
import { waitForBlockedQuery } from './wait-for-blocked-query.ts'

const { connectionString } = useTestDatabase()
let pool: Pool

beforeAll(() => {
  pool = openPool({ connectionString, applicationName: 'store-test', maxConnections: 10, logger: silentLogger })
})
afterAll(() => pool.end())

describe('lockUser', () => {
  test('lets transactions of one user through one after another', async () => {
    const userId = newId()
    const order: string[] = []
    let second: Promise<void> | undefined
    await inTransaction(pool, async (client) => {
      await lockUser(client, userId)
      second = inTransaction(pool, async (other) => {
        await lockUser(other, userId)
        order.push('second')
      })
      await waitForBlockedQuery(pool, 'pg_advisory_xact_lock')
      order.push('first')
    })
    await second
    expect(order).toEqual(['first', 'second'])
  })

  test('does not hold up another user', async () => {
    const order: string[] = []
    await inTransaction(pool, async (client) => {
      await lockUser(client, newId())
      await inTransaction(pool, async (other) => {
        await lockUser(other, newId())
        order.push('other')
      })
      order.push('first')
    })
    expect(order).toEqual(['other', 'first'])
  })
})

describe('workers', () => {
  test('are dead when they give no sign, and come back with a beat', async () => {
    await beatWorker(pool, 'alive')
    await beatWorker(pool, 'silent')
    await pool.query("UPDATE worker SET heartbeat_at = now() - interval '1 minute' WHERE id = 'silent'")
    expect(await listDeadWorkers(pool, 30_000)).toEqual(['silent'])
    await beatWorker(pool, 'silent')
    expect(await listDeadWorkers(pool, 30_000)).toEqual([])
  })

  test('are forgotten, but not one that came back meanwhile', async () => {
    await beatWorker(pool, 'gone')
    await beatWorker(pool, 'returned')
    await pool.query("UPDATE worker SET heartbeat_at = now() - interval '1 minute' WHERE id = 'gone'")
    await forgetWorkers(pool, ['gone', 'returned'], 30_000)
    const { rows } = await pool.query("SELECT id FROM worker WHERE id IN ('gone', 'returned')")
    expect(rows).toEqual([{ id: 'returned' }])
    await forgetWorkers(pool, ['returned'])
    expect((await pool.query("SELECT id FROM worker WHERE id = 'returned'")).rows).toEqual([])
  })
})

describe('credentials', () => {
  test('are rotated completely, also after a rotation that was killed half way, and twice at once', async () => {
    await insertCredentials(10, 'old')
    expect(await rotate('new', (done) => done < 4)).toBe(4)
    const counts = await Promise.all([rotate('new'), rotate('new')])
    expect(counts[0] + counts[1]).toBe(6)
    expect(await countCredentialsByKey(pool)).toEqual(new Map([['new', 10]]))
  })

  test('that were changed meanwhile are not overwritten', async () => {
    await insertCredentials(1, 'older')
    const [read] = (await listCredentialsNotSealedWith(pool, 'new')).filter(({ keyId }) => keyId === 'older')
    if (read === undefined) throw new Error('There was to be one credential.')
    await pool.query("UPDATE credential SET sealed = 'fresh' WHERE account_id = $1", [read.accountId])
    expect(await replaceSealed(pool, read, { keyId: 'new', sealed: Buffer.from('stale') })).toBe(false)
    await pool.query('DELETE FROM credential WHERE account_id = $1', [read.accountId])
    expect(await replaceSealed(pool, read, { keyId: 'new', sealed: Buffer.from('stale') })).toBe(false)
  })
})

describe('key canaries', () => {
  test('are stored once and never replaced', async () => {
    const first = { keyId: 'k1', sealed: Buffer.from('first') }
    expect(await ensureKeyCanary(pool, first)).toEqual(first)
    expect(await ensureKeyCanary(pool, { keyId: 'k1', sealed: Buffer.from('second') })).toEqual(first)
    expect(await listKeyCanaries(pool)).toEqual([first])
  })
})

async function insertCredentials(count: number, keyId: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const { accountId } = await insertAccount(pool)
    await pool.query("INSERT INTO credential (account_id, field, key_id, sealed) VALUES ($1, 'imap_password', $2, $3)", [
      accountId,
      keyId,
      Buffer.from(`sealed ${index}`),
    ])
  }
}

/** A rotation as an app writes it. `mayGoOn` ends it half way, as a kill would. */
async function rotate(toKeyId: string, mayGoOn: (done: number) => boolean = () => true): Promise<number> {
  let done = 0
  let after: StoredCredential | undefined
  for (;;) {
    const page = await listCredentialsNotSealedWith(pool, toKeyId, { limit: 3, ...(after === undefined ? {} : { after }) })
    if (page.length === 0) return done
    for (const credential of page) {
      if (!mayGoOn(done)) return done
      if (await replaceSealed(pool, credential, { keyId: toKeyId, sealed: Buffer.from(`again ${done}`) })) done += 1
      after = credential
    }
  }
}
