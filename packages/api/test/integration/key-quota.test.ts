import { describe, expect, it } from 'vitest'
import { apiForFile } from '../fixture/api-for-file.ts'
import { createKey, listKeys } from '../fixture/create-key.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'

const api = apiForFile()
const PARALLEL = 20
const create = async (user: TestUser) => {
  const { status, body } = await api().rest({ method: 'POST', path: '/api/v1/keys', headers: user.bearer, body: { name: 'Key' } })
  return { status, code: body['code'] }
}
const createInParallel = async (user: TestUser) => {
  const answers = await Promise.all(Array.from({ length: PARALLEL }, async () => await create(user)))
  const count = (wanted: number): number => answers.filter(({ status }) => status === wanted).length
  return { made: count(201), refused: count(403) }
}
const countActive = async (user: TestUser): Promise<number> =>
  (await listKeys(api(), user)).filter((key) => key['is_active'] === true).length

describe('403: the plan allows no more active keys', () => {
  it('when 20 are made at once, as many as it allows', async () => {
    const user = await createTestUser({ plan: 'pro' })
    expect(await createInParallel(user)).toEqual({ made: 5, refused: PARALLEL - 5 })
    expect(await countActive(user)).toBe(5)
    expect(await create(user)).toEqual({ status: 403, code: 'key.quota_reached' })
  })

  it('when 20 are made at once with one place left, one', async () => {
    const user = await createTestUser({ plan: 'pro' })
    for (let made = 0; made < 4; made += 1) await createKey(api(), user)
    expect(await createInParallel(user)).toEqual({ made: 1, refused: PARALLEL - 1 })
  })

  it('whichever way they are made', async () => {
    const user = await createTestUser({ plan: 'free' })
    await createKey(api(), user)
    const { error } = await api().trpc({ path: 'keys.create', type: 'mutation', input: { name: 'Key' }, headers: user.bearer })
    expect(error?.data['maildock']).toMatchObject({ code: 'key.quota_reached' })
  })
})

describe('201: there is a place', () => {
  it('for everybody: users do not wait for each other’s keys', async () => {
    const users = await Promise.all(Array.from({ length: PARALLEL }, async () => await createTestUser({ plan: 'free' })))
    expect((await Promise.all(users.map(create))).map(({ status }) => status)).toEqual(users.map(() => 201))
  })

  it('again when one was revoked', async () => {
    const user = await createTestUser({ plan: 'free' })
    const { id } = await createKey(api(), user)
    await api().rest({ method: 'DELETE', path: `/api/v1/keys/${id}`, headers: user.bearer })
    expect(await createInParallel(user)).toEqual({ made: 1, refused: PARALLEL - 1 })
  })

  it('again when one has expired', async () => {
    const user = await createTestUser({ plan: 'free' })
    const { id } = await createKey(api(), user, { expiresAt: '2099-01-01T00:00:00Z' })
    expect((await create(user)).status).toBe(403)
    await api().database.pool.query(`update api_key set expires_at = now() - interval '1 second' where id = $1`, [id])
    expect((await create(user)).status).toBe(201)
  })

  it('always, where the plan has no limit', async () => {
    expect(await createInParallel(await createTestUser({ plan: 'max' }))).toEqual({ made: PARALLEL, refused: 0 })
  })
})
