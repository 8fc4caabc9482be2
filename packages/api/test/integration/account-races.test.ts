import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { connect, connectBody, listAccounts } from '../fixture/connect-body.ts'
import { SERVICE_KEY } from '../fixture/start-api.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const PARALLEL = 50
const inParallel = async <T>(work: (index: number) => Promise<T>): Promise<T[]> =>
  await Promise.all(Array.from({ length: PARALLEL }, async (_, index) => await work(index)))
const post = async (user: TestUser, email: string) =>
  await api().rest({ method: 'POST', path: '/api/accounts', headers: user.bearer, body: connectBody(email) })
const disconnect = async (user: TestUser, id: string) =>
  await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: user.bearer })
const count = (statuses: readonly number[]): Record<number, number> =>
  Object.fromEntries([...Map.groupBy(statuses, (status) => status)].map(([status, all]) => [status, all.length]))
const countDefaults = async (user: TestUser): Promise<{ accounts: number; defaults: number }> => {
  const { rows } = await api().database.pool.query(
    `select count(*)::int as accounts, count(*) filter (where is_default)::int as defaults from account
     where user_id = $1 and disconnected_at is null`,
    [user.id],
  )
  return rows[0]
}

describe('50 calls at once', () => {
  it('H1: the same address is connected once, the others are told so', async () => {
    const user = await createTestUser()
    const answers = await inParallel(async (index) => await post(user, index % 2 === 0 ? 'race@example.org' : 'RACE@example.org'))
    expect(count(answers.map(({ status }) => status))).toEqual({ 201: 1, 409: PARALLEL - 1 })
    expect(await countDefaults(user)).toEqual({ accounts: 1, defaults: 1 })
  })

  it('H1: the same disconnected address is revived once', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'revive@example.org')
    await disconnect(user, id)
    const answers = await inParallel(async () => await post(user, 'revive@example.org'))
    expect(count(answers.map(({ status }) => status))).toEqual({ 201: 1, 409: PARALLEL - 1 })
    expect((await listAccounts(api(), user)).map((account) => account.id)).toEqual([id])
  })

  it('H3: the last place of a plan is given once', async () => {
    const user = await createTestUser({ plan: 'free' })
    const answers = await inParallel(async (index) => await post(user, `quota-${index}@example.org`))
    expect(count(answers.map(({ status }) => status))).toEqual({ 201: 1, 403: PARALLEL - 1 })
  })

  it('H4: there is one default after connecting many', async () => {
    const user = await createTestUser()
    const answers = await inParallel(async (index) => await post(user, `many-${index}@example.org`))
    expect(count(answers.map(({ status }) => status))).toEqual({ 201: PARALLEL })
    expect(await countDefaults(user)).toEqual({ accounts: PARALLEL, defaults: 1 })
  })

  it('H4: there is one default while accounts come, go and claim to be it', async () => {
    const user = await createTestUser()
    const ids = [
      await connect(api(), user, 'a@example.org'),
      await connect(api(), user, 'b@example.org'),
      await connect(api(), user, 'c@example.org'),
    ]
    const answers = await inParallel(async (index) => {
      const id = ids[index % 3] ?? ''
      if (index % 5 === 0) return await disconnect(user, id)
      if (index % 5 === 1) return await post(user, `extra-${index}@example.org`)
      return await api().rest({ method: 'PATCH', path: `/api/accounts/${id}`, headers: user.bearer, body: { is_default: true } })
    })
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    expect((await countDefaults(user)).defaults).toBe(1)
  })

  it('H5: an account is disconnected once', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'once@example.org')
    const answers = await inParallel(async () => await disconnect(user, id))
    expect(count(answers.map(({ status }) => status))).toEqual({ 200: 1, 404: PARALLEL - 1 })
  })

  it('H6: the last account is never gone while a campaign on it is active, whichever came first', async () => {
    const users = await inParallel(async () => await createTestUser())
    const outcomes = await Promise.all(
      users.map(async (user, index) => {
        const id = await connect(api(), user, 'last@example.org')
        const activate = async () =>
          await api().rest({
            method: 'POST',
            path: '/api/campaigns/report',
            headers: { 'x-service-key': SERVICE_KEY },
            body: { campaign_id: randomUUID(), user_id: user.id, account_id: id, status: 'sending' },
          })
        const [first, second] =
          index % 2 === 0
            ? await Promise.all([activate(), disconnect(user, id)])
            : await Promise.all([disconnect(user, id), activate()]).then(([gone, active]) => [active, gone])
        return `${first?.status} ${second?.status}`
      }),
    )
    // Activated, so the disconnect is refused; or disconnected, so the activation is.
    expect(outcomes.filter((outcome) => outcome !== '200 403' && outcome !== '400 200')).toEqual([])
    const { rows } = await api().database.pool.query(
      `select count(*)::int as broken from campaign join account on account.id = campaign.account_id
       where campaign.status = 'sending' and account.disconnected_at is not null`,
    )
    expect(rows).toEqual([{ broken: 0 }])
  })
})

describe('verification under load', () => {
  it('H8: one user holds a bounded number of servers busy, and nothing else waits for them', async () => {
    const [slow, other] = [await createTestUser(), await createTestUser()]
    const gate = Promise.withResolvers<void>()
    api().fake.load.peak = 0
    api().fake.hold(gate.promise)
    const waiting = inParallel(async (index) => await post(slow, `slow-${index}@example.org`))
    await expect.poll(() => api().fake.load.running).toBe(6)
    expect(await listAccounts(api(), other)).toEqual([])
    gate.resolve()
    expect(count((await waiting).map(({ status }) => status))).toEqual({ 201: PARALLEL })
    expect(api().fake.load.peak).toBe(6)
  })

  it('H7: a caller who goes away frees the slot and stores nothing', async () => {
    const user = await createTestUser()
    api().fake.hold(new Promise(() => undefined))
    const controller = new AbortController()
    const gone = fetch(`${api().url}/api/accounts`, {
      method: 'POST',
      signal: controller.signal,
      headers: { ...user.bearer, 'content-type': 'application/json' },
      body: JSON.stringify(connectBody('gone@example.org')),
    })
    await expect.poll(() => api().fake.load.running).toBe(1)
    controller.abort()
    await expect(gone).rejects.toThrow('abort')
    await expect.poll(() => api().fake.load.running).toBe(0)
    api().fake.hold(Promise.resolve())
    expect(await listAccounts(api(), user)).toEqual([])
    await connect(api(), user, 'gone@example.org')
  })
})
