import { randomBytes } from 'node:crypto'
import type { ApiKeyScope, Logger, LogFields } from '@maildock/core'
import { describe, expect, it, vi } from 'vitest'
import type { ApiContext } from '../../src/index.ts'
import { toMaildockError } from '../../src/errors/to-maildock-error.ts'
import { authenticateKey } from '../../src/keys/authenticate-key.ts'
import { createCallerFactory, keyProcedure, router } from '../../src/trpc.ts'
import { apiForFile } from '../fixture/api-for-file.ts'
import { connect } from '../fixture/connect-body.ts'
import { createKey, listKeys } from '../fixture/create-key.ts'
import { createTestUser } from '../fixture/test-user.ts'

const api = apiForFile()
const lines: string[] = []
const note = (fields: LogFields, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`)
const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
const authenticate = async (header: string | undefined) => await authenticateKey({ database: api().database, logger }, header)
const codeOf = async (call: Promise<unknown>): Promise<string> =>
  await call.then(
    () => 'no error',
    (error: unknown) => toMaildockError(error).code,
  )
const update = async (id: string, assignment: string): Promise<void> => {
  await api().database.pool.query(`update api_key set ${assignment} where id = $1`, [id])
}
const readLastUsed = async (id: string): Promise<Date | null> =>
  (await api().database.pool.query('select last_used_at from api_key where id = $1', [id])).rows[0].last_used_at

const planOf = async (key: string) => (await authenticate(`Bearer ${key}`))?.plan

/** Statements that a call makes, in order. */
async function statementsOf(call: () => Promise<unknown>): Promise<readonly string[]> {
  using spy = vi.spyOn(api().database.pool, 'query')
  await codeOf(call())
  return spy.mock.calls.map(([statement]) => (statement as unknown as { name: string }).name)
}

const nobodysKey = (): string => `msk_${randomBytes(32).toString('hex')}`
const NO_KEYS = [
  ['too short', () => nobodysKey().slice(0, -1)],
  ['too long', () => `${nobodysKey()}0`],
  ['in upper case', () => nobodysKey().toUpperCase()],
  ['with upper-case digits', () => `msk_${'AB'.repeat(32)}`],
  ['of another kind', () => `sk_${nobodysKey().slice(4)}0`],
  ['without digits', () => 'msk_'],
  ['with a space in it', () => `${nobodysKey().slice(0, 40)} ${nobodysKey().slice(40)}`],
  ['of no letters', () => ''],
] as const

describe('a good key', () => {
  it('tells whose it is, and what it may be used for', async () => {
    const user = await createTestUser({ plan: 'pro' })
    const account = await connect(api(), user, 'bound@example.org')
    const { id, key } = await createKey(api(), user, { scopes: ['send:marketing'], allowedAccountId: account })
    const told = { keyId: id, userId: user.id, scopes: ['send:marketing'], allowedAccountId: account, plan: 'pro' }
    expect(await authenticate(`Bearer ${key}`)).toEqual(told)
    expect(await authenticate(`bearer   ${key} `)).toEqual(told)
  })

  it('costs one read by an index, and no write but the first in a minute', async () => {
    const { id, key } = await createKey(api(), await createTestUser())
    const ask = async () => await authenticate(`Bearer ${key}`)
    expect(await statementsOf(ask)).toEqual(['api-find-key', 'api-mark-key-used'])
    expect(await statementsOf(ask)).toEqual(['api-find-key'])
    await update(id, `last_used_at = now() - interval '59 seconds'`)
    expect(await statementsOf(ask)).toEqual(['api-find-key'])
    await update(id, `last_used_at = now() - interval '61 seconds'`)
    expect(await statementsOf(ask)).toEqual(['api-find-key', 'api-mark-key-used'])
    expect(Date.now() - Number(await readLastUsed(id))).toBeLessThan(30_000)
  })

  it('is found by its hash alone', async () => {
    const client = await api().database.pool.connect()
    try {
      await client.query('set enable_seqscan = off')
      const { rows } = await client.query(`explain select 1 from api_key where key_hash = '\\x00'`)
      expect(JSON.stringify(rows)).toMatch(/Index (?:Only )?Scan using api_key_key_hash_key/u)
    } finally {
      client.release(true)
    }
  })

  it('is marked once by many requests at once, and shown in the list', async () => {
    const user = await createTestUser()
    const { key } = await createKey(api(), user)
    await Promise.all(Array.from({ length: 20 }, async () => await authenticate(`Bearer ${key}`)))
    expect(await listKeys(api(), user)).toMatchObject([{ last_used_at: expect.stringMatching(/Z$/u) }])
  })

  it('is as good when it cannot be marked, and that is logged without it', async () => {
    const { id, key } = await createKey(api(), await createTestUser())
    const { pool } = api().database
    const query = pool.query.bind(pool)
    using spy = vi.spyOn(pool, 'query').mockImplementation(((statement: { name?: string }) => {
      if (statement.name === 'api-mark-key-used') return Promise.reject(new Error(`no room for ${key}`))
      return query(statement as never)
    }) as never)
    lines.length = 0
    expect(await authenticate(`Bearer ${key}`)).toMatchObject({ keyId: id })
    expect(spy).toHaveBeenCalledTimes(2)
    expect(lines).toEqual([`An API key could not be marked as used. {"keyId":"${id}","reason":"Error"}`])
  })
})

describe('the plan of a key', () => {
  it('is none where the session names none', async () => {
    const { key } = await createKey(api(), await createTestUser())
    expect(await planOf(key)).toBeNull()
  })

  it.each([
    ['lists keys', 'GET'],
    ['makes another key', 'POST'],
  ])('follows the owner’s, for every key, when a session %s', async (_how, method) => {
    const user = await createTestUser({ plan: 'pro' })
    const keys = [await createKey(api(), user), await createKey(api(), user)]
    const upgraded = await createTestUser({ plan: 'max', id: user.id })
    await api().rest({ method, path: '/api/v1/keys', headers: upgraded.bearer, ...(method === 'POST' ? { body: { name: 'Key' } } : {}) })
    expect(await Promise.all(keys.map(async ({ key }) => await planOf(key)))).toEqual(['max', 'max'])
  })

  it('does not follow another user’s', async () => {
    const { key } = await createKey(api(), await createTestUser({ plan: 'pro' }))
    await listKeys(api(), await createTestUser({ plan: 'max' }))
    expect(await planOf(key)).toBe('pro')
  })
})

describe('key.invalid', () => {
  it.each(NO_KEYS)('a key %s, without a read', async (_what, make) => {
    const ask = async () => await authenticate(`Bearer ${make()}`)
    expect(await codeOf(ask())).toBe('key.invalid')
    expect(await statementsOf(ask)).toEqual([])
  })

  it('a session token, without a read', async () => {
    const { token } = await createTestUser()
    expect(await statementsOf(async () => await authenticate(`Bearer ${token}`))).toEqual([])
    expect(await codeOf(authenticate(`Bearer ${token}`))).toBe('key.invalid')
  })

  it('a key nobody has, by one read', async () => {
    const header = `Bearer ${nobodysKey()}`
    expect(await codeOf(authenticate(header))).toBe('key.invalid')
    expect(await statementsOf(async () => await authenticate(header))).toEqual(['api-find-key'])
  })

  it('a key with one wrong digit, also one that was revoked: who has not all of it learns nothing', async () => {
    const { id, key } = await createKey(api(), await createTestUser())
    await update(id, 'revoked_at = now()')
    expect(await codeOf(authenticate(`Bearer ${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`))).toBe('key.invalid')
  })
})

describe('key.revoked and key.expired', () => {
  it.each([
    ['key.revoked', 'revoked_at = now()'],
    ['key.expired', 'expires_at = now()'],
    ['key.revoked', `revoked_at = now(), expires_at = now() - interval '1 day'`],
  ])('%s: %s, by one read, and it counts as no use', async (code, assignment) => {
    const { id, key } = await createKey(api(), await createTestUser())
    await update(id, assignment)
    expect(await codeOf(authenticate(`Bearer ${key}`))).toBe(code)
    expect(await statementsOf(async () => await authenticate(`Bearer ${key}`))).toEqual(['api-find-key'])
    expect(await readLastUsed(id)).toBeNull()
  })

  it('from the moment a key is revoked over REST', async () => {
    const user = await createTestUser()
    const { id, key } = await createKey(api(), user)
    await authenticate(`Bearer ${key}`)
    await api().rest({ method: 'DELETE', path: `/api/v1/keys?id=${id}`, headers: user.bearer })
    expect(await codeOf(authenticate(`Bearer ${key}`))).toBe('key.revoked')
  })

  it('not before the end of a key', async () => {
    const { id, key } = await createKey(api(), await createTestUser())
    await update(id, `expires_at = now() + interval '1 minute'`)
    expect(await authenticate(`Bearer ${key}`)).toMatchObject({ keyId: id })
  })
})

describe('service.unavailable', () => {
  it('when the key cannot be read', async () => {
    using spy = vi.spyOn(api().database.pool, 'query').mockRejectedValue(new Error('down'))
    expect(await codeOf(authenticate(`Bearer ${nobodysKey()}`))).toBe('service.unavailable')
    expect(spy).toHaveBeenCalledTimes(1)
  })
})

describe('a procedure for keys', () => {
  const keyRouter = router({
    send: keyProcedure('send').query(({ ctx }) => ctx.apiKey.keyId),
    market: keyProcedure('send:marketing').query(({ ctx }) => ctx.apiKey.keyId),
  })
  const callWith = (header: string | undefined) => {
    const ctx: Pick<ApiContext, 'authenticateKey'> = { authenticateKey: async () => await authenticate(header) }
    return createCallerFactory(keyRouter)(ctx as ApiContext)
  }

  it('is closed without a key, and to a session', async () => {
    const user = await createTestUser()
    expect(await codeOf(callWith(undefined).send())).toBe('key.missing')
    expect(await codeOf(callWith('Basic bXNrXzo=').send())).toBe('key.missing')
    expect(await codeOf(callWith(user.bearer.authorization).send())).toBe('key.invalid')
  })

  it.each<[ApiKeyScope, string, string]>([
    ['send', 'no error', 'no error'],
    ['send:transactional', 'no error', 'key.scope_missing'],
    ['send:marketing', 'no error', 'no error'],
  ])('with the scope %s: sending %s, marketing %s', async (scope, send, market) => {
    const { id, key } = await createKey(api(), await createTestUser(), { scopes: [scope] })
    expect(await codeOf(callWith(`Bearer ${key}`).send())).toBe(send)
    expect(await codeOf(callWith(`Bearer ${key}`).market())).toBe(market)
    expect(await callWith(`Bearer ${key}`).send()).toBe(id)
  })
})
