import { createHash, randomUUID } from 'node:crypto'
import { API_KEY_PATTERN } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { apiForFile } from '../fixture/api-for-file.ts'
import { connect } from '../fixture/connect-body.ts'
import { createKey, listKeys } from '../fixture/create-key.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'

const api = apiForFile()
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u
const create = async (user: TestUser, body: unknown) =>
  await api().rest({ method: 'POST', path: '/api/v1/keys', headers: user.bearer, body })
const revoke = async (user: TestUser, path: string) => await api().rest({ method: 'DELETE', path, headers: user.bearer })
const expire = async (id: string): Promise<void> => {
  await api().database.pool.query(`update api_key set expires_at = now() - interval '1 second' where id = $1`, [id])
}

describe('201: a key is made', () => {
  it('and told once, whole, to nobody who keeps answers', async () => {
    const user = await createTestUser()
    const { status, body, headers } = await create(user, { name: ' Orders ' })
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      success: true,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/u),
      name: 'Orders',
      key: expect.stringMatching(API_KEY_PATTERN),
      key_prefix: String(body['key']).slice(0, 12),
      scopes: 'send',
      allowed_account_id: null,
      is_active: true,
      last_used_at: null,
      created_at: expect.stringMatching(TIME),
      expires_at: null,
    })
  })

  it('with scopes, an account and an end', async () => {
    const user = await createTestUser()
    const account = await connect(api(), user, 'bound@example.org')
    const { status, body } = await create(user, {
      name: 'Bound',
      scopes: ['send:transactional', 'send:marketing'],
      allowedAccountId: account.toUpperCase(),
      expiresAt: '2099-01-15T12:00:00+02:00',
    })
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { scopes: 'send:transactional,send:marketing', allowed_account_id: account, expires_at: '2099-01-15T10:00:00Z' },
    })
  })

  it('the same over tRPC, with real dates', async () => {
    const user = await createTestUser()
    const input = { name: 'Typed', expiresAt: '2099-01-15T10:00:00Z' }
    const { data, headers } = await api().trpc({ path: 'keys.create', type: 'mutation', input, headers: user.bearer })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(data).toMatchObject({
      key: expect.stringMatching(API_KEY_PATTERN),
      scopes: ['send'],
      expiresAt: new Date('2099-01-15T10:00:00Z'),
      revokedAt: null,
    })
  })

  it('of which only the hash is stored', async () => {
    const user = await createTestUser()
    const { id, key } = await createKey(api(), user)
    const { rows } = await api().database.pool.query('select to_jsonb(api_key) as row, key_hash from api_key where id = $1', [id])
    expect(rows[0].key_hash).toEqual(createHash('sha256').update(key).digest())
    expect(JSON.stringify(rows[0].row)).not.toContain(key.slice(12))
  })
})

describe('200: the list', () => {
  it('is empty at first, and everyone sees their own', async () => {
    const [user, other] = [await createTestUser(), await createTestUser()]
    expect(await listKeys(api(), user)).toEqual([])
    const { id } = await createKey(api(), user)
    expect((await listKeys(api(), user)).map((key) => key['id'])).toEqual([id])
    expect(await listKeys(api(), other)).toEqual([])
  })

  it('holds exactly the fields of the contract, and no key', async () => {
    const user = await createTestUser()
    const { key } = await createKey(api(), user)
    const [listed] = await listKeys(api(), user)
    expect(Object.keys(listed ?? {})).toEqual([
      'id',
      'name',
      'key_prefix',
      'scopes',
      'allowed_account_id',
      'is_active',
      'last_used_at',
      'created_at',
      'expires_at',
    ])
    expect(JSON.stringify(listed)).not.toContain(key.slice(12))
  })

  it('has active keys first, each kind newest first', async () => {
    const user = await createTestUser()
    const ids = [
      await createKey(api(), user),
      await createKey(api(), user),
      await createKey(api(), user),
      await createKey(api(), user),
    ].map(({ id }) => id)
    const [first = '', second, third = '', fourth] = ids
    await revoke(user, `/api/v1/keys/${third}`)
    await expire(first)
    expect((await listKeys(api(), user)).map((key) => [key['id'], key['is_active']])).toEqual([
      [fourth, true],
      [second, true],
      [third, false],
      [first, false],
    ])
  })
})

describe('200: a key is revoked', () => {
  it.each([
    ['by its id in the path', (id: string) => `/api/v1/keys/${id}`],
    ['by its id in the query', (id: string) => `/api/v1/keys?id=${id}`],
    ['whatever the case of its id', (id: string) => `/api/v1/keys/${id.toUpperCase()}`],
  ])('%s, and stays in the list', async (_how, toPath) => {
    const user = await createTestUser()
    const { id } = await createKey(api(), user)
    const { status, body } = await revoke(user, toPath(id))
    expect({ status, body }).toEqual({ status: 200, body: { success: true } })
    expect(await listKeys(api(), user)).toMatchObject([{ id, is_active: false }])
  })

  it('once: again changes nothing', async () => {
    const user = await createTestUser()
    const { id } = await createKey(api(), user)
    const readTime = async () => (await api().database.pool.query('select revoked_at from api_key where id = $1', [id])).rows
    await revoke(user, `/api/v1/keys/${id}`)
    const before = await readTime()
    expect((await revoke(user, `/api/v1/keys/${id}`)).status).toBe(200)
    expect(await readTime()).toEqual(before)
  })
})

describe('404', () => {
  it.each(['/api/v1/keys/', '/api/v1/keys?id='])('another user’s key, which stays active: %s', async (path) => {
    const [user, other] = [await createTestUser(), await createTestUser()]
    const { id } = await createKey(api(), user)
    const { status, body } = await revoke(other, `${path}${id}`)
    expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'key.not_found' })
    expect(await listKeys(api(), user)).toMatchObject([{ id, is_active: true }])
  })

  it.each(['x', '1', randomUUID(), 'x'.repeat(3_000), 'msk_'])('an id that names nothing: %.40s', async (id) => {
    const user = await createTestUser()
    for (const path of [`/api/v1/keys/${id}`, `/api/v1/keys?id=${id}`]) {
      const { status, body } = await revoke(user, path)
      expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'key.not_found' })
    }
  })

  it('an account that is another user’s, disconnected, or none', async () => {
    const [user, other] = [await createTestUser(), await createTestUser()]
    const [gone, foreign] = [await connect(api(), user, 'gone@example.org'), await connect(api(), other, 'foreign@example.org')]
    await api().rest({ method: 'DELETE', path: `/api/accounts/${gone}`, headers: user.bearer })
    for (const allowedAccountId of [gone, foreign, randomUUID(), 'x']) {
      const { status, body } = await create(user, { name: 'Bound', allowedAccountId })
      expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'account.not_found' })
    }
    expect(await listKeys(api(), user)).toEqual([])
  })
})

describe('400', () => {
  it.each([
    ['name', undefined],
    ['name', ''],
    ['name', 'x'.repeat(81)],
    ['name', 'two\nlines'],
    ['scopes', []],
    ['scopes', ['read']],
    ['scopes', ['send', 'send']],
    ['scopes', 'send'],
    ['allowedAccountId', 7],
    ['expiresAt', '2020-01-01T00:00:00Z'],
    ['expiresAt', 'tomorrow'],
    ['expires_at', '2099-01-01T00:00:00Z'],
    ['userId', randomUUID()],
    ['plan', 'enterprise'],
  ])('%s: %j', async (field, value) => {
    const { status, body } = await create(await createTestUser(), { name: 'Key', [field]: value })
    expect({ status, code: body['code'], details: body['details'] }).toEqual({
      status: 400,
      code: 'validation.failed',
      details: { fieldErrors: { [field]: [expect.stringMatching(/\.$/u)] }, formErrors: [] },
    })
  })

  it.each(['/api/v1/keys', '/api/v1/keys?id=a&id=b', '/api/v1/keys?key=a'])('nothing to revoke, or too much: %s', async (path) => {
    const { status, body } = await revoke(await createTestUser(), path)
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'validation.failed' })
  })
})
