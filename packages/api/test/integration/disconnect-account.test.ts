import { randomUUID } from 'node:crypto'
import { acquireLease, assertLease, inTransaction } from '@maildock/db'
import { describe, expect, it } from 'vitest'
import { connect, listAccounts } from '../fixture/connect-body.ts'
import { SERVICE_KEY } from '../fixture/start-api.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const disconnect = async (user: TestUser, id: string) =>
  await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: user.bearer })
const report = async (user: TestUser, accountId: string, status: string, campaignId: string = randomUUID()) =>
  await api().rest({
    method: 'POST',
    path: '/api/campaigns/report',
    headers: { 'x-service-key': SERVICE_KEY },
    body: { campaign_id: campaignId, user_id: user.id, account_id: accountId, status },
  })

describe('disconnected', () => {
  it('answers exactly what the contract shows, and 404 the second time', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'bye@example.org')
    const first = await disconnect(user, id)
    expect({ status: first.status, body: first.body }).toEqual({ status: 200, body: { success: true } })
    expect(await listAccounts(api(), user)).toEqual([])
    const second = await disconnect(user, id)
    expect({ status: second.status, code: second.body['code'] }).toEqual({ status: 404, code: 'account.not_found' })
  })

  it('erases the credentials, drops the waiting job, and takes the lease from a running sync', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'erase@example.org')
    const { pool } = api().database
    const lease = await acquireLease(pool, { accountId: id, holder: 'a worker', ttlMs: 60_000 })
    if (lease === null) throw new Error('The account was just connected: its lease is free.')
    await disconnect(user, id)
    expect((await pool.query('select 1 from credential where account_id = $1', [id])).rows).toEqual([])
    expect((await pool.query('select 1 from graphile_worker.jobs where key = $1', [`sync:${id}`])).rows).toEqual([])
    await expect(inTransaction(pool, async (client) => await assertLease(client, lease))).rejects.toThrow('lease')
  })

  it('promotes the oldest other account when it was the default', async () => {
    const user = await createTestUser()
    const first = await connect(api(), user, 'first@example.org')
    await connect(api(), user, 'second@example.org')
    await connect(api(), user, 'third@example.org')
    await disconnect(user, first)
    expect((await listAccounts(api(), user)).map(({ email, is_default }) => [email, is_default])).toEqual([
      ['second@example.org', true],
      ['third@example.org', false],
    ])
  })
})

describe('403 account.last_default_in_use', () => {
  it.each(['scheduled', 'sending', 'paused'])('the only account while a campaign is %s', async (status) => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'guarded@example.org')
    expect((await report(user, id, status)).status).toBe(200)
    const { status: refused, body } = await disconnect(user, id)
    expect({ refused, code: body['code'] }).toEqual({ refused: 403, code: 'account.last_default_in_use' })
    expect(await listAccounts(api(), user)).toHaveLength(1)
  })

  it.each(['draft', 'sent', 'cancelled', 'failed'])('not while a campaign is %s', async (status) => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'free@example.org')
    await report(user, id, status)
    expect((await disconnect(user, id)).status).toBe(200)
  })

  it('not with a second account; then the second one is guarded', async () => {
    const user = await createTestUser()
    const first = await connect(api(), user, 'first@example.org')
    const second = await connect(api(), user, 'second@example.org')
    await report(user, first, 'sending')
    expect((await disconnect(user, first)).status).toBe(200)
    expect((await disconnect(user, second)).body['code']).toBe('account.last_default_in_use')
  })

  it('not after the campaign has ended', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'ended@example.org')
    const campaignId = randomUUID()
    await report(user, id, 'sending', campaignId)
    await report(user, id, 'sent', campaignId)
    expect((await disconnect(user, id)).status).toBe(200)
  })
})

describe('404 account.not_found', () => {
  it.each(['no-id', 'null', '00000000', '%00', '{}', '[object Object]', 'undefined', '..%2f..%2fsync'])('for %s', async (id) => {
    const user = await createTestUser()
    const { status, body } = await disconnect(user, id)
    expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'account.not_found' })
  })

  it('for the account of another user, which stays', async () => {
    const [owner, other] = [await createTestUser(), await createTestUser()]
    const id = await connect(api(), owner, 'mine@example.org')
    expect((await disconnect(other, id)).body['code']).toBe('account.not_found')
    expect(await listAccounts(api(), owner)).toHaveLength(1)
  })

  it('but an id in upper case is the same id', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'upper@example.org')
    expect((await disconnect(user, id.toUpperCase())).status).toBe(200)
  })
})

describe('campaigns.report', () => {
  it('400 campaign.account_mismatch: an account of another user, none at all, a disconnected one, and a campaign of another user', async () => {
    const [one, two] = [await createTestUser(), await createTestUser()]
    const account = await connect(api(), one, 'one@example.org')
    const other = await connect(api(), two, 'two@example.org')
    const campaignId = randomUUID()
    expect((await report(two, account, 'sending')).body['code']).toBe('campaign.account_mismatch')
    expect((await report(one, randomUUID(), 'sending')).body['code']).toBe('campaign.account_mismatch')
    expect((await report(one, account, 'scheduled', campaignId)).status).toBe(200)
    expect((await report(two, other, 'sent', campaignId)).body['code']).toBe('campaign.account_mismatch')
    await report(one, account, 'sent', campaignId)
    await disconnect(one, account)
    expect((await report(one, account, 'sending')).body['code']).toBe('campaign.account_mismatch')
    // What has ended may still be told of an account that is gone.
    expect((await report(one, account, 'cancelled')).status).toBe(200)
  })

  it('401 service_key.invalid: without a key, with a wrong one, and with a session', async () => {
    const user = await createTestUser()
    const headers = [{}, { 'x-service-key': 'wrong' }, user.bearer, { ...user.cookie }, { authorization: `Basic ${SERVICE_KEY}` }]
    for (const presented of headers) {
      const { status, body } = await api().rest({ method: 'POST', path: '/api/campaigns/report', headers: presented, body: {} })
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'service_key.invalid' })
    }
  })

  it('takes the key as a Bearer token too', async () => {
    const { status } = await api().rest({
      method: 'POST',
      path: '/api/campaigns/report',
      headers: { authorization: `Bearer ${SERVICE_KEY}` },
      body: { status: 'no such status' },
    })
    expect(status).toBe(400)
  })
})
