import { silentLogger, type SendAnswer, type Submission, type SubmissionPage } from '@maildock/core'
import { createOutbox, forgetMessages } from '@maildock/outbox'
import { beforeEach, describe, expect, it } from 'vitest'
import { apiForFile } from '../fixture/api-for-file.ts'
import type { TrpcAnswer } from '../fixture/call-trpc.ts'
import { createSender, type TestSender } from '../fixture/sender.ts'

const api = apiForFile()
let sender: TestSender
beforeEach(async () => {
  sender = await createSender(api())
})

const toCode = ({ error }: { error: TrpcAnswer['error'] }): unknown => (error?.data['maildock'] as { code: string } | undefined)?.code
const ask = async (path: string, input: unknown, by = sender) =>
  api().trpc({ type: /\.(?:list|get)$/u.test(path) ? 'query' : 'mutation', path, input, headers: by.user.bearer })
const tell = async <T>(path: string, input: unknown, by = sender): Promise<T> => (await ask(path, input, by)).data as T
const codeOf = async (path: string, input: unknown, by = sender): Promise<unknown> => toCode(await ask(path, input, by))

const list = async (input: object = {}): Promise<SubmissionPage> => tell<SubmissionPage>('submissions.list', input)
const subjects = async (input: object = {}): Promise<string[]> => (await list(input)).submissions.map(({ subject }) => subject)
const sendByHand = async (change: object = {}, more: object = {}): Promise<SendAnswer> =>
  tell<SendAnswer>('submissions.send', {
    message: { from: { email: sender.email }, to: [{ email: 'you@example.org' }], subject: 'By hand', text: 'Hello.', ...change },
    ...more,
  })

/** What a worker does when it finds something due. */
async function work(): Promise<void> {
  await using outbox = createOutbox({ pool: api().database.pool, deliver: api().delivery.deliver, logger: silentLogger })
  await outbox.turn()
}

async function makeDue(): Promise<void> {
  await api().database.pool.query(
    `update submission set next_attempt_at = now() where account_id = $1 and status in ('accepted', 'deferred')`,
    [sender.accountId],
  )
}

describe('the list', () => {
  it('has what was sent with keys and by hand, newest first, in pages', async () => {
    await sender.send({ subject: 'One', tags: ['x'] })
    await sendByHand({ subject: 'Two' })
    await sendByHand({ subject: 'Three' })
    const first = await list({ limit: 2 })
    expect(first.submissions.map(({ subject, byKey }) => ({ subject, byKey }))).toEqual([
      { subject: 'Three', byKey: false },
      { subject: 'Two', byKey: false },
    ])
    const second = await list({ limit: 2, cursor: first.nextCursor })
    expect(second).toMatchObject({
      submissions: [{ subject: 'One', byKey: true, tags: ['x'], status: 'sent', attempts: 1, recipientCount: 1, code: null }],
      nextCursor: null,
    })
  })

  it('names the first recipients and counts all', async () => {
    const to = Array.from({ length: 7 }, (_, index) => ({ email: `r${index}@example.org` }))
    await sendByHand({ to })
    const [summary] = (await list()).submissions
    expect(summary?.recipientCount).toBe(7)
    expect(summary?.recipients).toEqual(to.slice(0, 5).map(({ email }) => ({ email, kind: 'to', status: 'accepted' })))
  })

  it('is filtered by state and account', async () => {
    await sendByHand({ subject: 'Sent' })
    await sendByHand({ subject: 'Waiting' }, { undoSeconds: 60 })
    api().delivery.script(sender.email, { outcome: 'refused', code: 'smtp.message_refused', replyCode: 554, response: 'No.' })
    await ask('submissions.send', {
      message: { from: { email: sender.email }, to: [{ email: 'you@example.org' }], subject: 'Failed', text: '' },
    })
    expect(await subjects({ filter: 'sent' })).toEqual(['Sent'])
    expect(await subjects({ filter: 'waiting' })).toEqual(['Waiting'])
    expect(await subjects({ filter: 'failed' })).toEqual(['Failed'])
    expect((await list({ filter: 'failed' })).submissions[0]?.code).toBe('smtp.message_refused')
    expect(await subjects({ accountId: sender.accountId })).toHaveLength(3)
    expect(await subjects({ accountId: (await createSender(api())).accountId })).toEqual([])
    expect(await subjects({ accountId: 'none' })).toEqual([])
  })

  it('reads a page from the start of an index, whatever the filter', async () => {
    await api().database.pool.query(
      `insert into submission (account_id, id, user_id, status, subject, message_id_header, reverse_path, needs_smtputf8, needs_8bit,
         source, tags, metadata, payload_sha256)
       select account.id, uuidv7(), account.user_id, 'sent', 'Old', 'm' || n, 'a@b.example', false, false, '', '{}', '{}', ''
       from account, generate_series(1, 5000) as n where account.id = $1`,
      [sender.accountId],
    )
    await api().database.pool.query('analyze submission')
    const read = new Map<string, number>()
    for (const filter of ['all', 'waiting', 'sent', 'failed'] as const) {
      const before = await readBlocks()
      await list({ filter, limit: 1 })
      read.set(filter, (await readBlocks()) - before)
    }
    expect([...read].filter(([, blocks]) => blocks > 200)).toEqual([])
    expect(Math.max(...read.values())).toBeGreaterThan(0)
  })

  it('of another user has none of it, and bad cursors are refused', async () => {
    await sendByHand()
    const other = await createSender(api())
    expect(await tell<SubmissionPage>('submissions.list', {}, other)).toEqual({ submissions: [], nextCursor: null })
    expect(await codeOf('submissions.list', { cursor: 'none' })).toBe('validation.failed')
  })
})

/** Blocks of submissions and their indexes that were looked at so far. */
async function readBlocks(): Promise<number> {
  const { pool } = api().database
  await pool.query('select pg_stat_force_next_flush()')
  const { rows } = await pool.query<{ blocks: number }>(
    `select (heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::int as blocks from pg_statio_user_tables where relname = 'submission'`,
  )
  return rows[0]?.blocks ?? 0
}

describe('undo', () => {
  it('waits for the seconds asked for, and can be taken back until then', async () => {
    const answer = await sendByHand({}, { undoSeconds: 30 })
    expect(answer.outcome).toBe('scheduled')
    await work()
    expect(api().delivery.takenFrom(sender.email)).toEqual([])
    const cancelled = await tell<Submission>('submissions.cancel', { messageId: answer.messageId })
    expect(cancelled).toMatchObject({ status: 'cancelled', recipients: [{ status: 'pending' }] })
    await makeDue()
    await work()
    expect(api().delivery.takenFrom(sender.email)).toEqual([])
  })

  it('is sent when it was not taken back', async () => {
    const { messageId } = await sendByHand({}, { undoSeconds: 30 })
    await makeDue()
    await work()
    expect((await tell<Submission>('submissions.get', { messageId })).status).toBe('sent')
    expect(await codeOf('submissions.cancel', { messageId })).toBe('send.not_cancellable')
  })

  it('does not bring forward what is for later, and is no other message when it is asked for again', async () => {
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString()
    const first = await sendByHand({ scheduledAt, idempotencyKey: 'once' }, { undoSeconds: 10 })
    expect((await tell<Submission>('submissions.get', { messageId: first.messageId })).scheduledAt?.toISOString()).toBe(scheduledAt)
    expect(await sendByHand({ scheduledAt, idempotencyKey: 'once' }, { undoSeconds: 20 })).toEqual({ ...first, idempotent: true })
  })
})

const sendDeferred = async (): Promise<string> => {
  api().delivery.script(sender.email, { outcome: 'deferred', code: 'upstream.rate_limited', replyCode: 451, response: 'Later.' })
  const answer = await sendByHand({ to: [{ email: 'a@example.org' }, { email: 'b@example.org' }] })
  expect(answer.outcome).toBe('queued')
  return answer.messageId
}

describe('sending again by hand', () => {
  it('does not wait for the time of the next attempt', async () => {
    const messageId = await sendDeferred()
    await tell('submissions.retry', { messageId })
    await work()
    expect((await tell<Submission>('submissions.get', { messageId })).history.map(({ status }) => status)).toEqual([
      'accepted',
      'deferred',
      'deferred',
      'sent',
    ])
  })

  it('gives it as much time as it had at first', async () => {
    const messageId = await sendDeferred()
    await api().database.pool.query(`update submission set created_at = now() - interval '3 days' where account_id = $1`, [
      sender.accountId,
    ])
    await tell('submissions.retry', { messageId })
    api().delivery.script(sender.email, { outcome: 'deferred', code: 'upstream.rate_limited', replyCode: 451, response: 'Later.' })
    await work()
    expect((await tell<Submission>('submissions.get', { messageId })).status).toBe('deferred')
  })

  it('reaches only those who did not get it, with the same octets', async () => {
    const outcomes = { 'a@example.org': 'accepted', 'b@example.org': 'unknown' } as const
    api().delivery.script(sender.email, { outcomes })
    const { messageId, outcome } = await sendByHand({ to: [{ email: 'a@example.org' }, { email: 'b@example.org' }] })
    expect(outcome).toBe('unknown')
    await tell('submissions.retry', { messageId })
    await work()
    const [first, second] = api().delivery.takenFrom(sender.email)
    expect(second?.forwardPaths).toEqual(['b@example.org'])
    expect(second?.source.equals(first?.source ?? Buffer.alloc(0))).toBe(true)
    expect(await tell<Submission>('submissions.get', { messageId })).toMatchObject({
      status: 'sent',
      recipients: [{ status: 'accepted' }, { status: 'accepted' }],
    })
  })

  it('helps what failed, for as long as it is kept', async () => {
    api().delivery.script(sender.email, { outcome: 'refused', code: 'smtp.message_refused', replyCode: 554, response: 'No.' })
    await ask('submissions.send', {
      message: { from: { email: sender.email }, to: [{ email: 'you@example.org' }], subject: 'Refused', text: '' },
    })
    const id = (await list()).submissions[0]?.id
    await tell('submissions.retry', { messageId: id })
    await work()
    expect((await tell<Submission>('submissions.get', { messageId: id })).status).toBe('sent')
    expect(await codeOf('submissions.retry', { messageId: id })).toBe('send.not_retryable')
  })

  it('is over when the time it is kept is over', async () => {
    api().delivery.script(sender.email, { outcome: 'unknown' })
    const { messageId } = await sendByHand()
    expect(await forgetMessages(api().database.pool)).toBe(0)
    await api().database.pool.query(`update submission set created_at = now() - interval '31 days' where account_id = $1`, [
      sender.accountId,
    ])
    expect(await forgetMessages(api().database.pool)).toBe(1)
    expect(await forgetMessages(api().database.pool)).toBe(0)
    expect(await codeOf('submissions.retry', { messageId })).toBe('send.not_retryable')
    expect((await tell<Submission>('submissions.get', { messageId })).status).toBe('unknown')
  })

  it('is refused when there is nobody left to send it to', async () => {
    api().delivery.script(sender.email, { outcome: 'unknown' })
    const { messageId } = await sendByHand()
    await api().database.pool.query(`update submission_recipient set status = 'bounced' where account_id = $1`, [sender.accountId])
    expect(await codeOf('submissions.retry', { messageId })).toBe('send.not_retryable')
    expect((await tell<Submission>('submissions.get', { messageId })).status).toBe('unknown')
  })

  it('is refused of what waits for its first attempt, and of a disconnected account', async () => {
    const { messageId } = await sendByHand({}, { undoSeconds: 60 })
    expect(await codeOf('submissions.retry', { messageId })).toBe('send.not_retryable')
    api().delivery.script(sender.email, { outcome: 'unknown' })
    const lost = await sendByHand()
    await tell('accounts.disconnect', { id: sender.accountId })
    expect(await codeOf('submissions.retry', { messageId: lost.messageId })).toBe('send.sender_not_allowed')
  })
})

describe('a large message', () => {
  const attachments = [{ filename: 'a.bin', content: Buffer.alloc(3_000_000, 7).toString('base64') }]

  it('is taken of a person', async () => {
    expect((await sendByHand({ attachments })).outcome).toBe('sent')
  })

  it('is not read of anybody else', async () => {
    const answer = await api().trpc({
      type: 'mutation',
      path: 'submissions.send',
      input: { message: { from: { email: sender.email }, to: [{ email: 'you@example.org' }], subject: '', text: '', attachments } },
    })
    expect(toCode(answer)).toBe('session.missing')
  })
})

it('too many messages in a minute are refused', async () => {
  await api().database.pool.query(
    `insert into send_rate (api_key_id, minute, count) select user_id, date_trunc('minute', now() + interval '1 minute'), 100 from account where id = $1`,
    [sender.accountId],
  )
  expect(
    await codeOf('submissions.send', {
      message: { from: { email: sender.email }, to: [{ email: 'you@example.org' }], subject: 'Over', text: '' },
    }),
  ).toBe('rate.limited')
})
