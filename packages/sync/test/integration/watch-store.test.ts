import { randomUUID } from 'node:crypto'
import { silentLogger } from '@maildock/core'
import { beatWorker, forgetWorkers, newId, openPool } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimWatches, listOwnWatches, offerToWatch, readWatchShares, releaseWatches, suspendWatch } from '../../src/watch/watch-store.ts'

const database = useTestDatabase()
let pool: Pool
beforeAll(() => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'watch-store', maxConnections: 8, logger: silentLogger })
})
afterAll(async () => pool.end())
beforeEach(async () => {
  await pool.query('DELETE FROM account')
  await pool.query('DELETE FROM worker')
})

const SILENT_FOR_MS = 60_000
const HOUR_MS = 3_600_000

/** An account that is up to date. */
async function insertAccount(): Promise<string> {
  const [id, email] = [newId(), `${randomUUID()}@example.org`]
  await pool.query(
    `INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, imap_username, smtp_host, smtp_port, smtp_tls, smtp_username,
       sync_status, last_synced_at)
     VALUES ($1, $2, $3, $3, 'Mail.Example.ORG', 993, 'implicit', $3, 'localhost', 465, 'implicit', $3, 'synced', now())`,
    [id, newId(), email],
  )
  return id
}

async function startWorker(id: string, limit = 10): Promise<string> {
  await beatWorker(pool, id)
  await offerToWatch(pool, id, limit)
  return id
}

async function claim(workerId: string, limit = 10): Promise<readonly string[]> {
  return (await claimWatches(pool, { workerId, silentForMs: SILENT_FOR_MS, limit })).map(({ accountId }) => accountId)
}

async function fallSilent(workerId: string): Promise<void> {
  await pool.query(`UPDATE worker SET heartbeat_at = now() - interval '1 hour' WHERE id = $1`, [workerId])
}

describe('claiming', () => {
  it.each([
    ['that is up to date', 'true', true],
    ['that was never synchronised', 'last_synced_at = NULL', false],
    ['that is being synchronised', `sync_status = 'syncing'`, false],
    ['with an error', `sync_error_code = 'imap.authentication_failed'`, false],
    ['that is disconnected', 'disconnected_at = now()', false],
  ])('an account %s', async (_what, change, expected) => {
    const account = await insertAccount()
    if (change !== 'true') {
      await pool.query(`UPDATE account SET ${change} WHERE id = $1`, [account])
    }
    expect(await claim(await startWorker('a'))).toEqual(expected ? [account] : [])
  })

  it('tells what a watch needs, the host in one spelling', async () => {
    const account = await insertAccount()
    const claims = await claimWatches(pool, { workerId: await startWorker('a'), silentForMs: SILENT_FOR_MS, limit: 1 })
    expect(claims).toMatchObject([{ accountId: account, host: 'mail.example.org:993', revision: 1 }])
  })

  it('gives each account to one worker, however many ask at once, and none over what was asked', async () => {
    await Promise.all(Array.from({ length: 30 }, async () => insertAccount()))
    const workers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (id) => startWorker(id)))
    const claims = await Promise.all(workers.map(async (id) => claim(id, 8)))
    expect(claims.every((found) => found.length <= 8)).toBe(true)
    expect(new Set(claims.flat()).size).toBe(claims.flat().length)
  })

  it('takes over from a worker that is silent, and from one that was struck off', async () => {
    const account = await insertAccount()
    const [first, second, third] = [await startWorker('a'), await startWorker('b'), await startWorker('c')]
    expect(await claim(first)).toEqual([account])
    expect(await claim(second)).toEqual([])
    await fallSilent(first)
    expect(await claim(second)).toEqual([account])
    expect(await listOwnWatches(pool, first, null)).toEqual(new Map())
    await forgetWorkers(pool, [second])
    expect(await claim(third)).toEqual([account])
  })
})

describe('giving back', () => {
  it('frees an account at once, or after a while, or when it is changed', async () => {
    const account = await insertAccount()
    const [first, second] = [await startWorker('a'), await startWorker('b')]
    await claim(first)
    await releaseWatches(pool, { workerId: first, accountIds: [account] })
    expect(await claim(second)).toEqual([account])
    await releaseWatches(pool, { workerId: second, accountIds: [account], forMs: 6 * HOUR_MS })
    expect(await claim(first)).toEqual([])
    await pool.query('UPDATE account SET revision = revision + 1 WHERE id = $1', [account])
    expect(await claim(first)).toEqual([account])
    expect(await listOwnWatches(pool, first, null)).toEqual(new Map([[account, 2]]))
  })

  it('of what somebody else holds by now does nothing', async () => {
    const account = await insertAccount()
    const [first, second] = [await startWorker('a'), await startWorker('b')]
    await claim(first)
    await fallSilent(first)
    await claim(second)
    await releaseWatches(pool, { workerId: first, accountIds: [account], forMs: HOUR_MS })
    expect(await listOwnWatches(pool, second, [account])).toEqual(new Map([[account, 1]]))
  })

  it('can be asked for by a job that the mail server turned away', async () => {
    const account = await insertAccount()
    const worker = await startWorker('a')
    await claim(worker)
    await suspendWatch(pool, account, HOUR_MS)
    expect(await listOwnWatches(pool, worker, null)).toEqual(new Map())
    expect(await claim(worker)).toEqual([])
  })

  it('has its account watched by one connection from then on, until the account is changed', async () => {
    const account = await insertAccount()
    const worker = await startWorker('a')
    const capOf = async (): Promise<unknown> => {
      const [claimed] = await claimWatches(pool, { workerId: worker, silentForMs: SILENT_FOR_MS, limit: 1 })
      return claimed?.connectionCap
    }
    expect(await capOf()).toBeNull()
    await suspendWatch(pool, account, 0)
    expect(await capOf()).toBe(2)
    await releaseWatches(pool, { workerId: worker, accountIds: [account] })
    expect(await capOf()).toBe(2)
    await releaseWatches(pool, { workerId: worker, accountIds: [account] })
    await pool.query('UPDATE account SET revision = revision + 1 WHERE id = $1', [account])
    expect(await capOf()).toBeNull()
  })
})

describe('what a worker watches', () => {
  it('is without accounts that were disconnected', async () => {
    const account = await insertAccount()
    const worker = await startWorker('a')
    await claim(worker)
    await pool.query('UPDATE account SET disconnected_at = now() WHERE id = $1', [account])
    expect(await listOwnWatches(pool, worker, null)).toEqual(new Map())
    expect(await listOwnWatches(pool, worker, [account])).toEqual(new Map())
  })

  it('is shared among the live ones that are ready to', async () => {
    await Promise.all([insertAccount(), insertAccount(), insertAccount()])
    const first = await startWorker('a', 5)
    await startWorker('b', 7)
    await startWorker('c', 0)
    await fallSilent(await startWorker('d'))
    await claim(first, 1)
    expect(await readWatchShares(pool, SILENT_FOR_MS)).toEqual({
      workers: [
        { id: 'a', limit: 5, claimed: 1 },
        { id: 'b', limit: 7, claimed: 0 },
      ],
      unclaimed: 2,
    })
  })

  it('cannot be offered by one that does not beat', async () => {
    expect(await offerToWatch(pool, 'nobody', 5)).toBe(false)
  })
})
