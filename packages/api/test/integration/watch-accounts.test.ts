import { publishLiveNotice } from '@maildock/db'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../fixture/connect-body.ts'
import { openEventStream } from '../fixture/open-event-stream.ts'
import { startApi, type TestApi } from '../fixture/start-api.ts'
import { storeMail } from '../fixture/stored-mail.ts'
import { createTestUser } from '../fixture/test-user.ts'

const database = useTestDatabase()
let api: TestApi
beforeAll(async () => {
  api = await startApi(database.connectionString)
})
afterAll(async () => await api[Symbol.asyncDispose]())

const watch = async (headers: Readonly<Record<string, string>>) => await openEventStream(api.url, 'accounts.watch', headers)
const data = (event: { data: unknown }): unknown => event.data

describe('a live stream', () => {
  it('begins with a snapshot, then tells each change as it is now', async () => {
    const user = await createTestUser()
    const first = await connect(api, user, 'first@example.org')
    const mail = await storeMail(api.database, first, 2)
    using stream = await watch(user.cookie)
    expect(data(await stream.next())).toMatchObject({
      type: 'snapshot',
      accounts: [{ id: first, createdAt: expect.any(Date) }],
      progress: [
        {
          accountId: first,
          messagesDone: 2,
          messagesExpected: 2,
          mailboxes: [{ mailboxId: mail.inbox, path: 'INBOX', syncError: null }, { path: 'Archive' }],
        },
      ],
    })
    const second = await connect(api, user, 'second@example.org')
    expect(data(await stream.next())).toMatchObject({ type: 'account', account: { id: second, isDefault: false } })
    await api.rest({ method: 'DELETE', path: `/api/accounts/${first}`, headers: user.bearer })
    const told = [data(await stream.next()), data(await stream.next())]
    expect(told).toContainEqual({ type: 'removed', accountId: first })
    expect(told).toContainEqual({ type: 'account', account: expect.objectContaining({ id: second, isDefault: true }) })
  })

  it('tells progress and messages', async () => {
    const user = await createTestUser()
    const id = await connect(api, user, 'progress@example.org')
    await storeMail(api.database, id, 2)
    using stream = await watch(user.cookie)
    await stream.next()
    await publishLiveNotice(api.database.pool, { kind: 'progress', userId: user.id, accountId: id })
    expect(data(await stream.next())).toMatchObject({ type: 'progress', progress: { accountId: id, messagesDone: 2 } })
    await publishLiveNotice(api.database.pool, { kind: 'messages', userId: user.id, accountId: id })
    expect(data(await stream.next())).toEqual({ type: 'messages', accountId: id })
  })

  it('makes few events of many changes in a row', async () => {
    const user = await createTestUser()
    const id = await connect(api, user, 'burst@example.org')
    using stream = await watch(user.cookie)
    await stream.next()
    const { pool } = api.database
    await pool.query(
      `select pg_notify('maildock_live', json_build_object('kind', 'account', 'userId', $1::text, 'accountId', $2::text, 'n', n)::text)
       from generate_series(1, 200) as n`,
      [user.id, id],
    )
    await publishLiveNotice(pool, { kind: 'messages', userId: user.id, accountId: id })
    const told: unknown[] = []
    while (!told.some((event) => (event as { type: string }).type === 'messages')) told.push(data(await stream.next()))
    // One, where nothing holds the machine up between two of the 200 notices.
    expect(told.length).toBeLessThan(20)
    expect(told[0]).toMatchObject({ type: 'account', account: { id } })
  })

  it('hears nothing of other users', async () => {
    const [user, other] = [await createTestUser(), await createTestUser()]
    using stream = await watch(user.cookie)
    expect(data(await stream.next())).toEqual({ type: 'snapshot', accounts: [], progress: [] })
    await connect(api, other, 'other@example.org')
    const mine = await connect(api, user, 'mine@example.org')
    expect(data(await stream.next())).toMatchObject({ type: 'account', account: { id: mine } })
  })

  it('hears what other processes do', async () => {
    const user = await createTestUser()
    await using other = await startApi(database.connectionString)
    using stream = await openEventStream(other.url, 'accounts.watch', user.cookie)
    await stream.next()
    const id = await connect(api, user, 'elsewhere@example.org')
    expect(data(await stream.next())).toMatchObject({ type: 'account', account: { id } })
  })

  it('H14: ends when the session ends', async () => {
    const user = await createTestUser({ expiresIn: '2s' })
    using stream = await watch(user.cookie)
    await stream.next()
    const end = await stream.next()
    expect(end).toMatchObject({ event: 'serialized-error', data: { data: { maildock: { code: 'session.expired' } } } })
  })

  it('is refused without a session', async () => {
    using stream = await watch({})
    expect(await stream.next()).toMatchObject({ event: 'serialized-error', data: { data: { maildock: { code: 'session.missing' } } } })
  })

  it('is bounded in number, and gives its place back when the caller leaves', async () => {
    const user = await createTestUser()
    const streams = await Promise.all(Array.from({ length: 20 }, async () => await watch(user.cookie)))
    await Promise.all(streams.map(async (stream) => await stream.next()))
    {
      using refused = await watch(user.cookie)
      expect(await refused.next()).toMatchObject({ event: 'serialized-error', data: { data: { maildock: { code: 'rate.limited' } } } })
    }
    streams.forEach((stream) => stream[Symbol.dispose]())
    await expect
      .poll(async () => {
        using stream = await watch(user.cookie)
        return (await stream.next()).event
      })
      .toBe('message')
  })
})
