import { randomUUID } from 'node:crypto'
import { silentLogger } from '@maildock/core'
import { beatWorker, newId, openPool } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSharedHosts, forgetHosts } from '../../src/hosts/host-store.ts'
import { isDown, isWell, type HostEvent } from '../../src/hosts/host-state.ts'
import type { SharedHosts } from '../../src/hosts/shared-hosts.ts'
import { recallAccounts } from '../../src/tasks/recall-accounts.ts'
import { createMemoryHosts } from '../fixture/memory-hosts.ts'

const database = useTestDatabase()
let pool: Pool
beforeAll(() => {
  pool = openPool({ connectionString: database.connectionString, applicationName: 'shared-hosts', maxConnections: 8, logger: silentLogger })
})
afterAll(async () => pool.end())

const failed: HostEvent = { type: 'failed', accountId: randomUUID(), code: 'host.timeout', early: true }
const refusedTo = (accountId: string): HostEvent => ({ type: 'refused', accountId, connections: 30 })
const aHost = (): string => `${randomUUID()}.example:993`

async function fail(shared: SharedHosts, host: string, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) await shared.record(host, failed)
}

// What stands in for the database in tests of the gate must do as it does.
describe.each([
  ['the database', () => createSharedHosts(pool)],
  ['its stand-in', () => createMemoryHosts(1)],
])('hosts shared by %s', (_what, open) => {
  it('are well while nobody says anything', async () => {
    expect((await open().read([aHost()])).states.size).toBe(0)
  })

  it('are known to everybody as they are', async () => {
    const [shared, host] = [open(), aHost()]
    await fail(shared, host, 3)
    const state = (await shared.read([host, aHost()])).states.get(host)
    expect(state).toMatchObject({ failures: 3, failureCode: 'host.timeout', limit: Number.POSITIVE_INFINITY })
    // The third pause is four to eight seconds.
    expect((state?.notBefore ?? 0) - Date.now()).toBeGreaterThan(2_000)
    expect((state?.notBefore ?? 0) - Date.now()).toBeLessThanOrEqual(8_000)
  })

  it('count what many tell at once', async () => {
    const [shared, host] = [open(), aHost()]
    await Promise.all(Array.from({ length: 8 }, async () => shared.record(host, failed)))
    expect((await shared.read([host])).states.get(host)?.failures).toBe(8)
  })

  it('are forgotten when they are well again', async () => {
    const [shared, host] = [open(), aHost()]
    await fail(shared, host, 5)
    expect(isWell(await shared.record(host, { type: 'opened' }))).toBe(true)
    expect((await shared.read([host])).states.size).toBe(0)
  })

  it('are forgotten as well when they refuse a password: they are up', async () => {
    const [shared, host] = [open(), aHost()]
    await fail(shared, host, 5)
    expect(isWell(await shared.record(host, { type: 'answered' }))).toBe(true)
    await shared.record(host, { type: 'answered' })
    expect((await shared.read([host])).states.size).toBe(0)
  })

  it('keep a limit that was learned, also through a success', async () => {
    const [shared, host] = [open(), aHost()]
    await shared.record(host, refusedTo(randomUUID()))
    await shared.record(host, refusedTo(randomUUID()))
    await shared.record(host, { type: 'opened' })
    const state = (await shared.read([host])).states.get(host)
    expect(state).toMatchObject({ limit: 15, failures: 0 })
    expect(Math.abs(Date.now() - (state?.limitedAt ?? 0))).toBeLessThan(60_000)
  })

  it('are not tried before their time, and are tried by anybody when they are well', async () => {
    const [shared, host] = [open(), aHost()]
    await fail(shared, host, 9)
    expect(isDown((await shared.read([host])).states.get(host) ?? (await shared.record(host, failed)))).toBe(true)
    expect(await shared.claimProbe(host)).toBe(false)
    expect(await Promise.all([shared.claimProbe(aHost()), shared.claimProbe(aHost())])).toEqual([true, true])
  })

  it('are tried by the next one as soon as the right to try is given back', async () => {
    const [shared, host] = [open(), aHost()]
    // Turned away one account: something is known, and there is no pause.
    await shared.record(host, refusedTo(randomUUID()))
    const claims = [await shared.claimProbe(host), await shared.claimProbe(host)]
    await shared.releaseProbe(host)
    expect([...claims, await shared.claimProbe(host)]).toEqual([true, false, true])
    await shared.releaseProbe(aHost())
  })
})

describe('a host that is down', () => {
  it('is tried by one of all processes, and by the next one when that one said how it went, or nothing for long', async () => {
    const [shared, host] = [createSharedHosts(pool), aHost()]
    await fail(shared, host, 9)
    await pool.query(`UPDATE mail_host SET not_before = now() WHERE host = $1`, [host])
    const claims = await Promise.all(Array.from({ length: 5 }, async () => shared.claimProbe(host)))
    expect(claims.filter(Boolean)).toHaveLength(1)
    await pool.query(`UPDATE mail_host SET probing_until = now() - interval '1 ms' WHERE host = $1`, [host])
    expect(await shared.claimProbe(host)).toBe(true)
    await shared.record(host, failed)
    await pool.query(`UPDATE mail_host SET not_before = now() WHERE host = $1`, [host])
    expect(await shared.claimProbe(host)).toBe(true)
  })

  it('is forgotten when nobody has tried it for days', async () => {
    const [shared, host] = [createSharedHosts(pool), aHost()]
    await fail(shared, host, 1)
    await forgetHosts(pool)
    expect((await shared.read([host])).states.size).toBe(1)
    await pool.query(`UPDATE mail_host SET updated_at = now() - interval '3 days' WHERE host = $1`, [host])
    await forgetHosts(pool)
    expect((await shared.read([host])).states.size).toBe(0)
  })
})

it('the processes that share are those alive', async () => {
  await beatWorker(pool, 'alive')
  await beatWorker(pool, 'alive too')
  await beatWorker(pool, 'silent')
  await pool.query(`UPDATE worker SET heartbeat_at = now() - interval '1 minute' WHERE id = 'silent'`)
  expect((await createSharedHosts(pool).read([])).processes).toBe(2)
})

async function insertWaiting(host: string, change: { readonly code: string; readonly disconnected?: boolean }): Promise<string> {
  const id = newId()
  await pool.query(
    `INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, imap_username, smtp_host, smtp_port, smtp_tls, smtp_username,
       sync_error_code, sync_error_since, next_attempt_at, disconnected_at)
     VALUES ($1, $2, $3, $3, $4, 993, 'implicit', $3, 'localhost', 465, 'implicit', $3, $5, now(), now() + interval '20 minutes',
       CASE WHEN $6::boolean THEN now() END)`,
    [id, newId(), `${id}@example.org`, host, change.code, change.disconnected ?? false],
  )
  return id
}

describe('accounts of a host that is back', () => {
  it('are tried soon: those that waited for it, and no others', async () => {
    const name = `${randomUUID()}.Example`
    const waiting = [await insertWaiting(name, { code: 'host.timeout' }), await insertWaiting(name, { code: 'upstream.unavailable' })]
    await insertWaiting(name, { code: 'imap.authentication_failed' })
    await insertWaiting(name, { code: 'host.timeout', disconnected: true })
    await insertWaiting('other.example', { code: 'host.timeout' })
    expect(await recallAccounts(pool, `${name.toLowerCase()}:993`)).toBe(2)
    const { rows } = await pool.query<{ id: string }>(
      `SELECT account.id FROM account JOIN graphile_worker.jobs ON jobs.key = 'sync:' || account.id
       WHERE next_attempt_at < now() + interval '5 seconds' AND jobs.run_at < now() + interval '5 seconds' ORDER BY id`,
    )
    expect(rows.map(({ id }) => id)).toEqual(waiting.toSorted())
  })

  it('that somebody is at are left alone', async () => {
    const name = `${randomUUID()}.example`
    const id = await insertWaiting(name, { code: 'host.timeout' })
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT FROM account WHERE id = $1 FOR UPDATE', [id])
    expect(await recallAccounts(pool, `${name}:993`)).toBe(0)
    await client.query('ROLLBACK')
    client.release()
  })
})
