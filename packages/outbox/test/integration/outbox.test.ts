import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attemptSubmission, cancelSubmission, cancelWaiting, recoverClaims, type Deliver, type OutgoingMessage } from '../../src/index.ts'
import { silentLogger } from '@maildock/core'
import { createTakingServer, openOutboxDesk, reportAll, type OutboxDesk } from '../fixture/outbox-desk.ts'

const { connectionString } = useTestDatabase()
let desk: OutboxDesk

beforeAll(() => {
  desk = openOutboxDesk(connectionString)
})
afterAll(async () => desk[Symbol.asyncDispose]())

const NEVER = new AbortController().signal
const context = (deliver: Deliver) => ({ pool: desk.pool, deliver, logger: silentLogger, signal: NEVER })

/** Turns until nothing is due and nothing is under way. */
async function drain(deliver: Deliver): Promise<void> {
  await using outbox = desk.open(deliver)
  await outbox.turn()
  await expect.poll(() => outbox.attempting).toBe(0)
}

describe('a submission that is taken', () => {
  test('is sent, with the words of the server and its history', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account)
    await attemptSubmission(context(createTakingServer().deliver), claim)
    const read = await desk.read(account, claim)
    expect(read).toMatchObject({ status: 'sent', attempts: 1, nextAttemptAt: null })
    expect(read.history.map(({ status }) => status)).toEqual(['accepted', 'sent'])
    expect(read.recipients).toMatchObject([{ email: 'a@example.org', status: 'accepted', replyCode: 250, response: '250 ok' }])
  })

  test('is never taken up again', async () => {
    const account = await desk.connect()
    const ref = await desk.accept(account)
    const { deliver, taken } = createTakingServer()
    await drain(deliver)
    await drain(deliver)
    expect(taken.filter((reversePath) => reversePath.startsWith(account.accountId))).toHaveLength(1)
    expect((await desk.read(account, ref)).status).toBe('sent')
  })
})

describe('a submission that is deferred', () => {
  test('waits for its time, then is tried for those who did not get it', async () => {
    const account = await desk.connect()
    const ref = await desk.accept(account, {
      recipients: [
        { address: 'a@example.org', kind: 'to' },
        { address: 'b@example.org', kind: 'bcc' },
      ],
    })
    const asked: (readonly string[])[] = []
    const greylist: Deliver = async (_server, message, { beforeHandover }) => {
      asked.push(message.forwardPaths)
      await beforeHandover()
      const report = reportAll(message, 'accepted')
      const recipients = report.recipients.map((one) =>
        one.address === 'b@example.org' && asked.length === 1 ? { ...one, outcome: 'deferred' as const } : one,
      )
      return { ...report, recipients }
    }
    await drain(greylist)
    expect(await desk.read(account, ref)).toMatchObject({ status: 'deferred', attempts: 1 })
    await drain(greylist)
    expect(asked).toHaveLength(1)
    await desk.makeDue(ref)
    await drain(greylist)
    expect(asked).toEqual([['a@example.org', 'b@example.org'], ['b@example.org']])
    expect(await desk.read(account, ref)).toMatchObject({ status: 'sent', attempts: 2 })
  })
})

describe('a process that dies', () => {
  test('before the marker: the submission is tried again, and who was frozen hands nothing over', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account)
    const frozen = Promise.withResolvers<void>()
    const handedOver: string[] = []
    const old = attemptSubmission(
      context(async (_server, message, { beforeHandover }) => {
        await frozen.promise
        await beforeHandover()
        handedOver.push('old')
        return reportAll(message, 'accepted')
      }),
      claim,
    )
    await desk.expire(claim)
    await recoverClaims(desk.pool)
    expect((await desk.read(account, claim)).status).toBe('deferred')
    const { deliver, taken } = createTakingServer()
    await drain(deliver)
    frozen.resolve()
    expect(await old).toBeNull()
    expect(handedOver).toEqual([])
    expect(taken.filter((reversePath) => reversePath.startsWith(account.accountId))).toHaveLength(1)
    expect((await desk.read(account, claim)).status).toBe('sent')
  })

  test('after the marker: it is unknown, for each recipient, and never tried again', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account)
    const marked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const old = attemptSubmission(
      context(async (_server, message, { beforeHandover }) => {
        await beforeHandover()
        marked.resolve()
        await answer.promise
        return reportAll(message, 'accepted')
      }),
      claim,
    )
    await marked.promise
    await desk.expire(claim)
    await recoverClaims(desk.pool)
    const read = await desk.read(account, claim)
    expect(read).toMatchObject({ status: 'unknown', recipients: [{ status: 'unknown' }], nextAttemptAt: null })
    const { deliver, taken } = createTakingServer()
    await drain(deliver)
    expect(taken.filter((reversePath) => reversePath.startsWith(account.accountId))).toEqual([])
    // It was only slow: its answer is better than none.
    answer.resolve()
    expect(await old).toMatchObject({ status: 'sent' })
    expect(await desk.read(account, claim)).toMatchObject({ status: 'sent', attempts: 1, recipients: [{ status: 'accepted' }] })
  })

  test('with the outcome in hand, and the database gone: it is unknown', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account)
    const attempt = attemptSubmission(
      context(async (_server, _message, { beforeHandover }) => {
        await beforeHandover()
        throw new Error('A fault of ours after the hand-over.')
      }),
      claim,
    )
    await expect(attempt).rejects.toThrow('A fault of ours')
    await desk.expire(claim)
    await recoverClaims(desk.pool)
    expect((await desk.read(account, claim)).status).toBe('unknown')
  })
})

describe('a submission its owner takes back', () => {
  test('is cancelled while it waits', async () => {
    const account = await desk.connect()
    const ref = await desk.accept(account)
    expect(await cancelSubmission(desk.pool, ref)).toBe(true)
    const { deliver, taken } = createTakingServer()
    await drain(deliver)
    expect(taken.filter((reversePath) => reversePath.startsWith(account.accountId))).toEqual([])
    expect((await desk.read(account, ref)).history.map(({ status }) => status)).toEqual(['accepted', 'cancelled'])
  })

  test('is not, once somebody is at it', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account)
    expect(await cancelSubmission(desk.pool, claim)).toBe(false)
  })

  test('is cancelled with all that waits of an account', async () => {
    const account = await desk.connect()
    const [waiting, underWay] = [await desk.accept(account), await desk.acceptClaimed(account)]
    await cancelWaiting(desk.pool, account.accountId)
    expect((await desk.read(account, waiting)).status).toBe('cancelled')
    expect((await desk.read(account, underWay)).status).toBe('sending')
  })
})

describe('an account that is disconnected', () => {
  test('sends nothing any more', async () => {
    const account = await desk.connect()
    await desk.accept(account)
    await desk.pool.query('UPDATE account SET disconnected_at = now() WHERE id = $1', [account.accountId])
    const { deliver, taken } = createTakingServer()
    await drain(deliver)
    expect(taken.filter((reversePath) => reversePath.startsWith(account.accountId))).toEqual([])
  })
})

/** Counts the logins it refuses. */
function createRefusingServer(): { readonly deliver: Deliver; readonly logins: () => number } {
  let logins = 0
  const deliver: Deliver = async (_server, message) => {
    logins += 1
    return reportAll(message, 'deferred', { code: 'smtp.authentication_failed', replyCode: 535, loginRefused: true })
  }
  return { deliver, logins: () => logins }
}

describe('a server that refuses the login', () => {
  test('is asked three times in an hour, however much waits', async () => {
    const account = await desk.connect()
    const refs = await Promise.all([1, 2, 3, 4, 5].map(async () => desk.accept(account)))
    const { deliver, logins } = createRefusingServer()
    const openGateNow = async () =>
      desk.pool.query('UPDATE send_gate SET not_before = clock_timestamp() WHERE account_id = $1 AND not_before IS NOT NULL', [
        account.accountId,
      ])
    for (let round = 0; round < 6; round += 1) {
      await using outbox = desk.open(deliver, { perAccount: round === 0 ? 1 : 2 })
      await outbox.turn()
      await expect.poll(() => outbox.attempting).toBe(0)
      await Promise.all(
        refs.map(async (ref) =>
          desk.pool.query("UPDATE submission SET next_attempt_at = clock_timestamp() WHERE id = $1 AND status = 'deferred'", [ref.id]),
        ),
      )
      await openGateNow()
    }
    expect(logins()).toBe(3)
    const [first] = refs
    expect(first === undefined ? null : (await desk.read(account, first)).history.at(-1)).toMatchObject({
      code: 'smtp.authentication_failed',
    })
  })

  test('is asked again when the account was changed', async () => {
    const account = await desk.connect()
    const ref = await desk.accept(account)
    await drain(createRefusingServer().deliver)
    await desk.pool.query('UPDATE account SET revision = revision + 1 WHERE id = $1', [account.accountId])
    await desk.makeDue(ref)
    await drain(createTakingServer().deliver)
    expect((await desk.read(account, ref)).status).toBe('sent')
  })
})

describe('several processes', () => {
  test('share what is due: each message is sent once, and no account has more than its share at a time', async () => {
    const accounts = await Promise.all([1, 2, 3, 4].map(async () => desk.connect()))
    for (const account of accounts) {
      await Promise.all(Array.from({ length: 40 }, async () => desk.accept(account)))
    }
    const underWay = new Map<string, number>()
    let most = 0
    const taken: string[] = []
    const deliver: Deliver = async (_server, message: OutgoingMessage, { beforeHandover }) => {
      const now = (underWay.get(message.reversePath) ?? 0) + 1
      underWay.set(message.reversePath, now)
      most = Math.max(most, now)
      await beforeHandover()
      taken.push(message.reversePath)
      underWay.set(message.reversePath, (underWay.get(message.reversePath) ?? 1) - 1)
      return reportAll(message, 'accepted')
    }
    await using one = desk.open(deliver)
    await using other = desk.open(deliver)
    const ours = `SELECT count(*)::int AS open FROM submission WHERE account_id = ANY($1) AND status <> 'sent'`
    await expect
      .poll(
        async () => {
          await Promise.all([one.turn(), other.turn()])
          return (await desk.pool.query<{ open: number }>(ours, [accounts.map(({ accountId }) => accountId)])).rows[0]?.open
        },
        { timeout: 30_000 },
      )
      .toBe(0)
    for (const { accountId } of accounts) {
      expect(taken.filter((reversePath) => reversePath.startsWith(accountId))).toHaveLength(40)
    }
    expect(most).toBeLessThanOrEqual(4)
  })
})
