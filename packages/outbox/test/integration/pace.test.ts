import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Deliver } from '../../src/index.ts'
import { pauseAccount, takeSlot } from '../../src/store/pace-store.ts'
import { createTakingServer, openOutboxDesk, reportAll, type DeskAccount, type OutboxDesk } from '../fixture/outbox-desk.ts'

const { connectionString } = useTestDatabase()
let desk: OutboxDesk
beforeAll(() => {
  desk = openOutboxDesk(connectionString)
})
afterAll(async () => desk[Symbol.asyncDispose]())

const MINUTE = 60_000

/** A server that has had enough of an account. */
function createRefusingServer(rest: { readonly retryAfterMs?: number; readonly limitsAccount?: boolean }): {
  readonly deliver: Deliver
  readonly asked: string[]
} {
  const asked: string[] = []
  const deliver: Deliver = async (_server, message) => {
    asked.push(message.reversePath)
    return reportAll(message, 'deferred', {
      code: 'upstream.rate_limited',
      replyCode: 421,
      response: '421 4.7.0 Too many messages',
      ...rest,
    })
  }
  return { deliver, asked }
}

async function drain(deliver: Deliver): Promise<void> {
  await using outbox = desk.open(deliver)
  await outbox.turn()
}

/** For how long an account is held back from now on, in milliseconds; 0 when it is not. */
async function readPause({ accountId }: DeskAccount): Promise<number> {
  const { rows } = await desk.pool.query<{ ms: number }>(
    `SELECT greatest(0, extract(epoch FROM greatest(not_before, slot_free_at) - clock_timestamp()) * 1000)::float8 AS ms
     FROM send_pace WHERE account_id = $1`,
    [accountId],
  )
  return rows[0]?.ms ?? 0
}

/** Lets so much time pass for what holds an account back. */
async function pass({ accountId }: DeskAccount, ms: number): Promise<void> {
  await desk.pool.query(
    `UPDATE send_pace SET not_before = not_before - $2::int * interval '1 millisecond', slot_at = slot_at - $2::int * interval '1 millisecond',
       slot_free_at = slot_free_at - $2::int * interval '1 millisecond'
     WHERE account_id = $1`,
    [accountId, ms],
  )
}

describe('a server that has had enough of an account', () => {
  test('is left alone with all of its messages, and other accounts go on', async () => {
    const [limited, other] = [await desk.connect(), await desk.connect()]
    const refs = []
    for (let index = 0; index < 20; index += 1) {
      refs.push(await desk.accept(limited))
    }
    const refusing = createRefusingServer({ limitsAccount: true })
    await drain(refusing.deliver)
    // As many as may be under way at once, and no more.
    expect(refusing.asked.length).toBeLessThanOrEqual(2)

    await desk.accept(other)
    const taking = createTakingServer()
    await drain(taking.deliver)
    expect(taking.taken).toEqual([`${other.accountId}@mail.test`])

    const waiting = await Promise.all(refs.map(async (ref) => desk.read(limited, ref)))
    expect(waiting.filter(({ attempts }) => attempts === 0).length).toBeGreaterThanOrEqual(18)
    for (const { nextAttemptAt } of waiting) {
      expect((nextAttemptAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(MINUTE / 2)
    }

    await pass(limited, 2 * MINUTE)
    await Promise.all(refs.map(async (ref) => desk.makeDue(ref)))
    await drain(taking.deliver)
    expect((await desk.read(limited, refs[0] ?? { accountId: '', id: '' })).status).toBe('sent')
    expect(taking.taken.filter((path) => path.startsWith(limited.accountId))).toHaveLength(20)
  })

  test('is not asked by the first attempt of a new message either: that waits', async () => {
    const account = await desk.connect()
    await pauseAccount(desk.pool, account.accountId, 0)
    const ref = await desk.acceptLater(account)
    expect(await desk.read(account, ref)).toMatchObject({ status: 'accepted', attempts: 0 })
    const { taken, deliver } = createTakingServer()
    await drain(deliver)
    expect(taken).toEqual([])
    await pass(account, 2 * MINUTE)
    await drain(deliver)
    expect(await desk.read(account, ref)).toMatchObject({ status: 'sent' })
  })

  test('is not meant when it puts off a recipient', async () => {
    const account = await desk.connect()
    const ref = await desk.accept(account)
    await drain(createRefusingServer({ limitsAccount: false }).deliver)
    expect(await desk.read(account, ref)).toMatchObject({ status: 'deferred', attempts: 1 })
    expect(await readPause(account)).toBe(0)
  })
})

describe('an account that is disconnected in the moment a message is accepted', () => {
  test('has it accepted, and cancelled by itself', async () => {
    const account = await desk.connect()
    await desk.pool.query('UPDATE account SET disconnected_at = now() WHERE id = $1', [account.accountId])
    const ref = await desk.acceptLater(account)
    expect(await desk.read(account, ref)).toMatchObject({ status: 'accepted' })
    await using outbox = desk.open(createTakingServer().deliver)
    await outbox.recover()
    expect(await desk.read(account, ref)).toMatchObject({ status: 'cancelled', attempts: 0 })
  })
})

describe('a pause', () => {
  test('is longer each time it is said again soon, and short again after a while', async () => {
    const account = await desk.connect()
    const pauses = []
    for (let index = 0; index < 5; index += 1) {
      await pauseAccount(desk.pool, account.accountId, 0)
      pauses.push(Math.round((await readPause(account)) / MINUTE))
      await pass(account, 60 * MINUTE)
    }
    expect(pauses).toEqual([1, 5, 15, 60, 60])
    await pass(account, 120 * MINUTE)
    await pauseAccount(desk.pool, account.accountId, 0)
    expect(Math.round((await readPause(account)) / MINUTE)).toBe(1)
  })

  test('is not taken for one that runs already when there is no slot just now', async () => {
    const account = await desk.connect()
    const rate = { perMinute: 20, burst: 1 }
    expect([await takeSlot(desk.pool, account.accountId, rate), await takeSlot(desk.pool, account.accountId, rate)]).toEqual([true, false])
    await pauseAccount(desk.pool, account.accountId, 0)
    expect(Math.round((await readPause(account)) / MINUTE)).toBe(1)
  })

  test('ends when the account is changed: it was another server that said so', async () => {
    const account = await desk.connect()
    await pauseAccount(desk.pool, account.accountId, 0)
    const ref = await desk.accept(account)
    const { taken, deliver } = createTakingServer()
    await drain(deliver)
    expect(taken).toEqual([])
    await desk.pool.query('UPDATE account SET revision = revision + 1 WHERE id = $1', [account.accountId])
    await drain(deliver)
    expect(await desk.read(account, ref)).toMatchObject({ status: 'sent' })
    await pauseAccount(desk.pool, account.accountId, 0)
    expect(Math.round((await readPause(account)) / MINUTE)).toBe(1)
  })

  test('counts once what was under way when it began, and is as long as the server wishes', async () => {
    const account = await desk.connect()
    await Promise.all(Array.from({ length: 10 }, async () => pauseAccount(desk.pool, account.accountId, 0)))
    expect(Math.round((await readPause(account)) / MINUTE)).toBe(1)
    await pauseAccount(desk.pool, account.accountId, 90 * MINUTE)
    expect(Math.round((await readPause(account)) / MINUTE)).toBe(90)
    await pauseAccount(desk.pool, account.accountId, 0)
    expect(Math.round((await readPause(account)) / MINUTE)).toBe(90)
  })
})

describe('a pace that is known', () => {
  const RATE = { perMinute: 20, burst: 4 }

  test('lets a burst through and then one after the other, whoever asks', async () => {
    const account = await desk.connect()
    const taken = await Promise.all(Array.from({ length: 12 }, async () => takeSlot(desk.pool, account.accountId, RATE)))
    expect(taken.filter(Boolean)).toHaveLength(4)
    // One every three seconds from here on.
    const pause = await readPause(account)
    expect(pause).toBeGreaterThan(1_000)
    expect(pause).toBeLessThanOrEqual(3_000)
    await pass(account, 3_000)
    const later = await Promise.all(Array.from({ length: 5 }, async () => takeSlot(desk.pool, account.accountId, RATE)))
    expect(later.filter(Boolean)).toHaveLength(1)
    await pass(account, 10 * MINUTE)
    const rested = await Promise.all(Array.from({ length: 12 }, async () => takeSlot(desk.pool, account.accountId, RATE)))
    expect(rested.filter(Boolean)).toHaveLength(4)
  })

  test('holds back what is too much, without an attempt: at Microsoft not more than thirty in a minute', async () => {
    const account = await desk.connect()
    await desk.pool.query(`UPDATE account SET smtp_host = 'smtp.office365.com' WHERE id = $1`, [account.accountId])
    for (let index = 0; index < 40; index += 1) {
      await desk.accept(account)
    }
    const { taken, deliver } = createTakingServer()
    await drain(deliver)
    expect(taken).toHaveLength(5)
    for (let slot = 1; slot <= 24; slot += 1) {
      await pass(account, MINUTE / 25)
      await drain(deliver)
    }
    expect(taken.length).toBeLessThanOrEqual(30)
    expect(taken.length).toBeGreaterThanOrEqual(28)
    const { rows } = await desk.pool.query<{ attempts: number }>(
      `SELECT coalesce(sum(attempts), 0)::int AS attempts FROM submission WHERE account_id = $1 AND status <> 'sent'`,
      [account.accountId],
    )
    expect(rows).toEqual([{ attempts: 0 }])
  })
})

describe('a user with many accounts', () => {
  test('has no more than a share of what is sent at a time', async () => {
    const [first, other] = [await desk.connect(), await desk.connect()]
    const accounts = [first]
    for (let index = 0; index < 9; index += 1) {
      accounts.push(await desk.connect(first.userId))
    }
    for (const account of accounts) {
      await Promise.all([desk.accept(account), desk.accept(account), desk.accept(account)])
    }
    await desk.accept(other)
    const underWay = new Map<string, number>()
    let most = 0
    const deliver: Deliver = async (_server, message, { beforeHandover }) => {
      const userId = message.reversePath.startsWith(other.accountId) ? other.userId : first.userId
      underWay.set(userId, (underWay.get(userId) ?? 0) + 1)
      most = Math.max(most, underWay.get(first.userId) ?? 0)
      await beforeHandover()
      underWay.set(userId, (underWay.get(userId) ?? 1) - 1)
      return reportAll(message, 'accepted')
    }
    await using outbox = desk.open(deliver, { perUser: 7 })
    await outbox.turn()
    expect(most).toBeGreaterThan(2)
    expect(most).toBeLessThanOrEqual(7)
    const { rows } = await desk.pool.query<{ sent: number }>(
      `SELECT count(*)::int AS sent FROM submission WHERE user_id = ANY($1) AND status = 'sent'`,
      [[first.userId, other.userId]],
    )
    expect(rows).toEqual([{ sent: 31 }])
  })
})
