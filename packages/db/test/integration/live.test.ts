import { LIVE_CHANNEL, silentLogger, type LiveNotice } from '@maildock/core'
import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  newId,
  openDatabase,
  openLiveListener,
  prismaExecutor,
  publishLiveNotice,
  inTransaction,
  type Database,
  type LiveSignal,
} from '../../src/index.ts'
import { openRelay } from './open-relay.ts'

const { connectionString } = useTestDatabase()
let database: Database

beforeAll(() => {
  database = openDatabase({ connectionString, applicationName: 'live-test', maxConnections: 4, logger: silentLogger })
})
afterAll(() => database[Symbol.asyncDispose]())

function noticeFor(userId: string): LiveNotice {
  return { kind: 'account', userId, accountId: newId() }
}

describe('a live notice', () => {
  test('is heard by the subscribers of its user, in every process, and by nobody else', async () => {
    await using one = await openLiveListener({ connectionString, logger: silentLogger })
    await using two = await openLiveListener({ connectionString, logger: silentLogger })
    const [userId, otherId] = [newId(), newId()]
    const heard: Record<'one' | 'two' | 'other', LiveSignal[]> = { one: [], two: [], other: [] }
    one.subscribe(userId, (signal) => heard.one.push(signal))
    two.subscribe(userId, (signal) => heard.two.push(signal))
    one.subscribe(otherId, (signal) => heard.other.push(signal))
    const notice = noticeFor(userId)
    await publishLiveNotice(database.pool, notice)
    await vi.waitFor(() => expect(heard).toEqual({ one: [notice], two: [notice], other: [] }), { timeout: 10_000 })
  })

  test('is heard when its transaction commits, never when it rolls back', async () => {
    await using live = await openLiveListener({ connectionString, logger: silentLogger })
    const userId = newId()
    const heard: LiveSignal[] = []
    live.subscribe(userId, (signal) => heard.push(signal))
    const [rolledBack, committed] = [noticeFor(userId), noticeFor(userId)]
    const failing = inTransaction(database.pool, async (client) => {
      await publishLiveNotice(client, rolledBack)
      throw new Error('roll back')
    })
    await expect(failing).rejects.toThrow('roll back')
    await database.prisma.$transaction((tx) => publishLiveNotice(prismaExecutor(tx), committed))
    await vi.waitFor(() => expect(heard).toEqual([committed]), { timeout: 10_000 })
  })

  test('is not heard after the subscription ended', async () => {
    await using live = await openLiveListener({ connectionString, logger: silentLogger })
    const userId = newId()
    const heard: string[] = []
    const unsubscribe = live.subscribe(userId, () => heard.push('ended'))
    live.subscribe(userId, () => heard.push('stays'))
    unsubscribe()
    unsubscribe()
    await publishLiveNotice(database.pool, noticeFor(userId))
    await vi.waitFor(() => expect(heard).toEqual(['stays']), { timeout: 10_000 })
  })

  test('that nobody of ours sent is ignored', async () => {
    await using live = await openLiveListener({ connectionString, logger: silentLogger })
    const userId = newId()
    const heard: LiveSignal[] = []
    live.subscribe(userId, (signal) => heard.push(signal))
    for (const payload of ['', 'no json', '{}', JSON.stringify({ kind: 'gossip', userId })]) {
      await database.pool.query('SELECT pg_notify($1, $2)', [LIVE_CHANNEL, payload])
    }
    const notice = noticeFor(userId)
    await publishLiveNotice(database.pool, notice)
    await vi.waitFor(() => expect(heard).toEqual([notice]), { timeout: 10_000 })
  })

  test('with fields beyond its schema is refused before it is sent', async () => {
    const notice = { kind: 'account', userId: 'nobody' } as const
    await expect(publishLiveNotice(database.pool, notice)).rejects.toThrow(/Invalid UUID/u)
  })
})

describe('the live listener', () => {
  test('opens its connection again when the server cuts it, and says resync', async () => {
    await using live = await openLiveListener({ connectionString, logger: silentLogger })
    const heard: LiveSignal[] = []
    live.subscribe(newId(), (signal) => heard.push(signal))
    const { rowCount } = await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'maildock-live'",
    )
    // Backends of listeners that were closed a moment ago may still be there.
    expect(rowCount).toBeGreaterThan(0)
    await vi.waitFor(() => expect(heard).toEqual([{ kind: 'resync' }]), { timeout: 10_000 })
  })

  test('notices a connection that died without a sign, and opens another', async () => {
    await using relay = await openRelay(connectionString)
    await using live = await openLiveListener({
      connectionString: relay.connectionString,
      logger: silentLogger,
      probeIntervalMs: 20,
      probeTimeoutMs: 1_000,
    })
    const userId = newId()
    const heard: LiveSignal[] = []
    live.subscribe(userId, (signal) => heard.push(signal))
    relay.freeze()
    await vi.waitFor(() => expect(heard).toContainEqual({ kind: 'resync' }), { timeout: 10_000 })
    const notice = noticeFor(userId)
    await publishLiveNotice(database.pool, notice)
    await vi.waitFor(() => expect(heard.at(-1)).toEqual(notice), { timeout: 10_000 })
  })

  test('cannot be opened without a database: the caller is told', async () => {
    const unreachable = openLiveListener({ connectionString: 'postgres://nobody@127.0.0.1:1/none', logger: silentLogger })
    await expect(unreachable).rejects.toThrow(/ECONNREFUSED/u)
  })

  test('stops while it waits for the database to come back', async () => {
    const relay = await openRelay(connectionString)
    const live = await openLiveListener({ connectionString: relay.connectionString, logger: silentLogger })
    await relay[Symbol.asyncDispose]()
    await live[Symbol.asyncDispose]()
    expect(relay.openSockets()).toBe(0)
  })
})
