import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  attemptSubmission,
  cancelAbandoned,
  cancelSubmission,
  cancelWaiting,
  recoverClaims,
  type Deliver,
  type NewSubmission,
  type OutgoingMessage,
  type SubmissionRef,
} from '../../src/index.ts'
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

  test('when its time is up: what somebody took is sent, what nobody took failed', async () => {
    const account = await desk.connect()
    const recipients = ['a@example.org', 'b@example.org'].map((address) => ({ address, kind: 'to' as const }))
    const [taken, refused] = [await desk.acceptClaimed(account, { recipients }), await desk.acceptClaimed(account)]
    await desk.pool.query(`UPDATE submission_recipient SET status = 'accepted' WHERE submission_id = $1 AND position = 0`, [taken.id])
    await desk.pool.query(`UPDATE submission SET created_at = now() - interval '3 days' WHERE id = ANY($1)`, [[taken.id, refused.id]])
    await desk.expire(taken)
    await desk.expire(refused)
    await recoverClaims(desk.pool)
    expect(await desk.read(account, taken)).toMatchObject({
      status: 'sent',
      recipients: [{ status: 'accepted' }, { status: 'refused' }],
      history: [{ status: 'accepted' }, { status: 'sent' }],
    })
    expect(await desk.read(account, refused)).toMatchObject({ status: 'failed', recipients: [{ status: 'refused' }] })
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

describe('an attempt that ends early', () => {
  test('is given back at once when the process stops before the marker', async () => {
    const account = await desk.connect()
    const ref = await desk.accept(account)
    const begun = Promise.withResolvers<void>()
    const outbox = desk.open(async (_server, _message, { signal }) => {
      begun.resolve()
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))
    })
    const turning = outbox.turn()
    await begun.promise
    await outbox[Symbol.asyncDispose]()
    await turning
    const { status, nextAttemptAt } = await desk.read(account, ref)
    expect({ status, isDue: nextAttemptAt !== null && nextAttemptAt <= new Date() }).toEqual({ status: 'accepted', isDue: true })
    const { deliver, taken } = createTakingServer()
    await drain(deliver)
    expect(taken.filter((reversePath) => reversePath.startsWith(account.accountId))).toHaveLength(1)
  })

  test('is no hand-over, when the marker was set and the dot was not sent', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account)
    const stop = new AbortController()
    const attempt = attemptSubmission(
      {
        ...context(async (_server, _message, { beforeHandover, signal }) => {
          // As the real one does: it does not wait for the marker any more, and the dot is never sent.
          void Promise.allSettled([beforeHandover()])
          stop.abort(new Error('The process stops.'))
          throw signal.reason
        }),
        signal: stop.signal,
      },
      claim,
    )
    expect(await attempt).toBeNull()
    expect((await desk.read(account, claim)).status).toBe('accepted')
  })

  test('keeps what the server said, when storing it fails for a moment', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account)
    await desk.pool.query(`CREATE FUNCTION refuse_steps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$`)
    const { deliver } = createTakingServer()
    const attempt = attemptSubmission(
      context(async (...parameters) => {
        const outcome = await deliver(...parameters)
        await desk.pool.query('CREATE TRIGGER refuse BEFORE INSERT ON submission_step FOR EACH ROW EXECUTE FUNCTION refuse_steps()')
        return outcome
      }),
      claim,
    )
    await expect.poll(async () => hasTrigger()).toBe(true)
    expect((await desk.read(account, claim)).status).toBe('sending')
    await desk.pool.query('DROP TRIGGER refuse ON submission_step')
    expect(await attempt).toMatchObject({ status: 'sent' })
    await desk.pool.query('DROP FUNCTION refuse_steps')
  })
})

async function hasTrigger(): Promise<boolean> {
  const { rowCount } = await desk.pool.query("SELECT FROM pg_trigger WHERE tgname = 'refuse'")
  return rowCount === 1
}

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
  test('sends nothing any more, and what was left of it ends', async () => {
    const account = await desk.connect()
    const ref = await desk.accept(account)
    await desk.pool.query('UPDATE account SET disconnected_at = now() WHERE id = $1', [account.accountId])
    const { deliver, taken } = createTakingServer()
    await drain(deliver)
    expect(taken.filter((reversePath) => reversePath.startsWith(account.accountId))).toEqual([])
    await cancelAbandoned(desk.pool)
    expect(await desk.read(account, ref)).toMatchObject({ status: 'cancelled', nextAttemptAt: null })
  })

  test('keeps nobody else waiting, however much it left', async () => {
    const [gone, other] = [await desk.connect(), await desk.connect()]
    const refs = await Promise.all(Array.from({ length: 510 }, async () => desk.accept(gone)))
    await desk.pool.query('UPDATE account SET disconnected_at = now() WHERE id = $1', [gone.accountId])
    const ref = await desk.accept(other)
    await drain(createTakingServer().deliver)
    expect((await desk.read(other, ref)).status).toBe('sent')
    expect(refs).toHaveLength(510)
  })
})

/** Counts the logins it refuses. */
function createRefusingServer(): { readonly deliver: Deliver; readonly logins: () => number } {
  let logins = 0
  const deliver: Deliver = async (_server, message, { gate }) => {
    const closed = await gate.enter()
    if (closed !== null) {
      return reportAll(message, 'deferred', { code: closed.code, response: closed.response })
    }
    logins += 1
    await gate.refuse({ code: 'smtp.authentication_failed', response: '535 no' })
    return reportAll(message, 'deferred', { code: 'smtp.authentication_failed', replyCode: 535 })
  }
  return { deliver, logins: () => logins }
}

describe('a server that refuses the login', () => {
  test('is asked after 1, 15 and 60 minutes, and then every hour, by one of all that wait', async () => {
    const account = await desk.connect()
    const refs = await Promise.all([1, 2, 3, 4, 5].map(async () => desk.accept(account)))
    const { deliver, logins } = createRefusingServer()
    for (const [round, minutes] of [1, 15, 60, 60].entries()) {
      const before = logins()
      await drain(deliver)
      // Two begin at once before anybody knows.
      expect(logins() - before).toBeLessThanOrEqual(round === 0 ? 2 : 1)
      const { rows } = await desk.pool.query<{ pause: number }>(
        'SELECT round(extract(epoch FROM not_before - clock_timestamp()) / 60)::int AS pause FROM send_gate WHERE account_id = $1',
        [account.accountId],
      )
      expect(rows).toEqual([{ pause: minutes }])
      await desk.pool.query('UPDATE send_gate SET not_before = clock_timestamp() WHERE account_id = $1', [account.accountId])
      await Promise.all(refs.map(async (ref) => desk.makeDue(ref)))
    }
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

/** What is owed, and how many octets are kept for it. */
async function readCopy({ id }: SubmissionRef): Promise<{ readonly copy: string; readonly kept: number }> {
  const { rows } = await desk.pool.query<{ copy: string; kept: number }>(
    'SELECT sent_copy AS copy, octet_length(source) AS kept FROM submission WHERE id = $1',
    [id],
  )
  const [row] = rows
  if (row === undefined) throw new Error('There was to be a submission.')
  return row
}

const TWO: Partial<NewSubmission> = {
  recipients: [
    { address: 'a@example.org', kind: 'to' },
    { address: 'b@example.org', kind: 'to' },
  ],
}

/** A server that takes the message for the first recipient, and has this for the others. */
const takeFirst =
  (rest: 'refused' | 'deferred'): Deliver =>
  async (_server, message, { beforeHandover }) => {
    await beforeHandover()
    const { recipients, ...words } = reportAll(message, rest)
    return { ...words, recipients: recipients.map((one, index) => (index === 0 ? { ...one, outcome: 'accepted' } : one)) }
  }

describe('a copy for the Sent mailbox', () => {
  test.each([
    ['taken for all', createTakingServer().deliver],
    ['taken for one of two', takeFirst('refused')],
  ])('is owed of a message that was %s, and the message is kept for it', async (_what, deliver) => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account, TWO)
    expect(await attemptSubmission(context(deliver), claim)).toMatchObject({ status: 'sent' })
    expect(await readCopy(claim)).toEqual({ copy: 'owed', kept: expect.any(Number) })
    expect((await readCopy(claim)).kept).toBeGreaterThan(0)
    expect((await desk.read(account, claim)).sentCopy).toEqual({ status: 'owed', code: null, response: null, messageId: null })
  })

  test.each(['refused', 'deferred', 'unknown'] as const)('is not owed of a message that is %s', async (outcome) => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account)
    await attemptSubmission(
      context(async (_server, message) => reportAll(message, outcome)),
      claim,
    )
    expect((await readCopy(claim)).copy).toBe('none')
  })

  test('is not owed of a message that was only checked', async () => {
    const account = await desk.connect()
    const ref = await desk.acceptClaimed(account, { sandbox: true })
    expect(await readCopy(ref)).toEqual({ copy: 'none', kept: 0 })
  })

  test('is owed of a message that is taken back after one of two got it, and of none that nobody got', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account, TWO)
    expect(await attemptSubmission(context(takeFirst('deferred')), claim)).toMatchObject({ status: 'deferred' })
    const nobodys = await desk.accept(account)
    expect([await cancelSubmission(desk.pool, claim), await cancelSubmission(desk.pool, nobodys)]).toEqual([true, true])
    expect([(await readCopy(claim)).copy, await readCopy(nobodys)]).toEqual(['owed', { copy: 'none', kept: 0 }])
  })

  test('is owed of a message that is given up for one after the other got it', async () => {
    const account = await desk.connect()
    const claim = await desk.acceptClaimed(account, TWO)
    await attemptSubmission(context(takeFirst('deferred')), claim)
    await desk.pool.query(
      `UPDATE submission SET status = 'sending', next_attempt_at = NULL, claimed_until = now() - interval '1 second', created_at = now() - interval '3 days'
       WHERE id = $1`,
      [claim.id],
    )
    await recoverClaims(desk.pool)
    expect([(await desk.read(account, claim)).status, (await readCopy(claim)).copy]).toEqual(['sent', 'owed'])
  })
})
