import { silentLogger } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acquireLease, assertLease, inTransaction, LeaseLostError, newId, openPool, releaseLease, renewLease } from '../../src/index.ts'
import { insertAccount } from './insert-account.ts'
import { waitForBlockedQuery } from './wait-for-blocked-query.ts'

const { connectionString } = useTestDatabase()
let pool: Pool

beforeAll(() => {
  pool = openPool({ connectionString, applicationName: 'lease-test', maxConnections: 10, logger: silentLogger })
})
afterAll(() => pool.end())

const TTL_MS = 60_000

async function acquire(accountId: string, holder: string, ttlMs = TTL_MS) {
  const lease = await acquireLease(pool, { accountId, holder, ttlMs })
  if (lease === null) throw new Error('The lease was to be free.')
  return lease
}

async function expire(accountId: string): Promise<void> {
  await pool.query("UPDATE sync_lease SET expires_at = now() - interval '1 second' WHERE account_id = $1", [accountId])
}

describe('acquireLease', () => {
  test('gives a held lease to nobody else', async () => {
    const { accountId } = await insertAccount(pool)
    await acquire(accountId, 'a')
    expect(await acquireLease(pool, { accountId, holder: 'b', ttlMs: TTL_MS })).toBeNull()
  })

  test('gives an expired lease to another holder, with a higher token', async () => {
    const { accountId } = await insertAccount(pool)
    const first = await acquire(accountId, 'a')
    await expire(accountId)
    expect((await acquire(accountId, 'b')).token).toBeGreaterThan(first.token)
  })

  test('gives a lease to its holder again, with a higher token', async () => {
    const { accountId } = await insertAccount(pool)
    const first = await acquire(accountId, 'a')
    expect((await acquire(accountId, 'a')).token).toBeGreaterThan(first.token)
  })

  test('gives a released lease on without starting the token anew', async () => {
    const { accountId } = await insertAccount(pool)
    const first = await acquire(accountId, 'a')
    await releaseLease(pool, first)
    expect((await acquire(accountId, 'b')).token).toBeGreaterThan(first.token)
  })

  test('knows neither a disconnected nor an unknown account', async () => {
    const { accountId } = await insertAccount(pool, { disconnected: true })
    expect(await acquireLease(pool, { accountId, holder: 'a', ttlMs: TTL_MS })).toBeNull()
    expect(await acquireLease(pool, { accountId: newId(), holder: 'a', ttlMs: TTL_MS })).toBeNull()
  })

  test('has one winner among many', async () => {
    const { accountId } = await insertAccount(pool)
    const holders = Array.from({ length: 50 }, (_, index) => `holder-${index}`)
    const leases = await Promise.all(holders.map((holder) => acquireLease(pool, { accountId, holder, ttlMs: TTL_MS })))
    expect(leases.filter((lease) => lease !== null)).toHaveLength(1)
  })
})

describe('renewLease', () => {
  test('prolongs a lease that is still ours, also after its time', async () => {
    const { accountId } = await insertAccount(pool)
    const lease = await acquire(accountId, 'a')
    await expire(accountId)
    expect(await renewLease(pool, lease, TTL_MS)).toBe(true)
    expect(await acquireLease(pool, { accountId, holder: 'b', ttlMs: TTL_MS })).toBeNull()
  })

  test('says no when it was taken over', async () => {
    const { accountId } = await insertAccount(pool)
    const lease = await acquire(accountId, 'a')
    await expire(accountId)
    await acquire(accountId, 'b')
    expect(await renewLease(pool, lease, TTL_MS)).toBe(false)
  })
})

describe('assertLease', () => {
  test('a holder paused past its lease cannot write', async () => {
    const { accountId } = await insertAccount(pool)
    const paused = await acquire(accountId, 'a')
    await expire(accountId)
    const successor = await acquire(accountId, 'b')

    const write = (lease: typeof paused, name: string) =>
      inTransaction(pool, async (client) => {
        await assertLease(client, lease)
        await client.query('UPDATE account SET name = $2 WHERE id = $1', [accountId, name])
      })
    await write(successor, 'b')
    await expect(write(paused, 'a')).rejects.toThrow(LeaseLostError)
    const { rows } = await pool.query('SELECT name FROM account WHERE id = $1', [accountId])
    expect(rows).toEqual([{ name: 'b' }])
  })

  test('a takeover waits for the write that began before it', async () => {
    const { accountId } = await insertAccount(pool)
    const lease = await acquire(accountId, 'a')
    await expire(accountId)
    const order: string[] = []
    let takeover: Promise<unknown> | undefined
    await inTransaction(pool, async (client) => {
      await assertLease(client, lease)
      takeover = acquire(accountId, 'b').then(() => order.push('taken over'))
      await waitForBlockedQuery(pool, 'sync_lease')
      order.push('written')
    })
    await takeover
    expect(order).toEqual(['written', 'taken over'])
    await expect(inTransaction(pool, (client) => assertLease(client, lease))).rejects.toMatchObject({ reason: 'taken_over' })
  })

  test('a disconnect waits for the write that began before it, and nothing is written after it', async () => {
    const { accountId } = await insertAccount(pool)
    const lease = await acquire(accountId, 'a')
    const order: string[] = []
    let disconnect: Promise<unknown> | undefined
    await inTransaction(pool, async (client) => {
      await assertLease(client, lease)
      disconnect = pool
        .query('UPDATE account SET disconnected_at = now(), is_default = false WHERE id = $1', [accountId])
        .then(() => order.push('disconnected'))
      await waitForBlockedQuery(pool, 'UPDATE account')
      order.push('written')
    })
    await disconnect
    expect(order).toEqual(['written', 'disconnected'])
    await expect(inTransaction(pool, (client) => assertLease(client, lease))).rejects.toMatchObject({ reason: 'disconnected' })
  })

  test('a write that waited for somebody else sees the account as it is by then', async () => {
    const { accountId } = await insertAccount(pool)
    const lease = await acquire(accountId, 'a')
    let write: Promise<unknown> | undefined
    await inTransaction(pool, async (client) => {
      await client.query('UPDATE sync_lease SET expires_at = now() WHERE account_id = $1', [accountId])
      await client.query('UPDATE account SET revision = revision + 1 WHERE id = $1', [accountId])
      write = inTransaction(pool, (writer) => assertLease(writer, lease))
      await waitForBlockedQuery(pool, 'FOR SHARE')
    })
    expect(await write).toEqual({ revision: 2 })
  })

  test('a write that waited for a disconnect finds the account disconnected', async () => {
    const { accountId } = await insertAccount(pool)
    const lease = await acquire(accountId, 'a')
    let write: Promise<unknown> | undefined
    await inTransaction(pool, async (client) => {
      await client.query('UPDATE account SET disconnected_at = now(), is_default = false WHERE id = $1', [accountId])
      write = inTransaction(pool, (writer) => assertLease(writer, lease))
      write.catch(() => undefined)
      await waitForBlockedQuery(pool, 'FOR SHARE')
    })
    await expect(write).rejects.toMatchObject({ reason: 'disconnected' })
  })
})
