import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { apiForFile } from '../fixture/api-for-file.ts'
import { connectBody } from '../fixture/connect-body.ts'
import { createKey } from '../fixture/create-key.ts'
import { createSender, type TestSender } from '../fixture/sender.ts'
import { storeMail } from '../fixture/stored-mail.ts'

const api = apiForFile()
let sender: TestSender
beforeAll(async () => {
  sender = await createSender(api())
})
// All tests of one minute together may make more requests than one key may.
beforeEach(async () => {
  await api().database.pool.query('DELETE FROM send_rate')
})

const messageIdOf = (body: Readonly<Record<string, unknown>>): string => String(body['message_id'])

describe('200: the mail server took it', () => {
  it('names the message, and tells what became of it', async () => {
    const { status, body, headers } = await sender.send({ tags: ['a'], metadata: { orderId: '1001' } })
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        success: true,
        message_id: expect.stringMatching(/^msg_[0-9a-f]{32}$/u) as unknown,
        provider: 'smtp',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u) as unknown,
      },
    })
    expect(headers.get('x-ratelimit-limit')).toBe('100')
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThan(100)
    expect(Number(headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now() - 60_000)
    const told = await sender.get(messageIdOf(body))
    expect(told.body).toMatchObject({
      success: true,
      status: 'sent',
      tags: ['a'],
      // Keys of metadata are its owner's.
      metadata: { orderId: '1001' },
      recipients: [{ email: 'you@example.org', kind: 'to', status: 'accepted' }],
      history: [{ status: 'accepted' }, { status: 'sent' }],
    })
  })

  it('hands over each recipient once, and says nothing of blind copies in the message', async () => {
    await sender.send({
      to: [{ email: 'You@Example.org', name: 'You' }],
      cc: [{ email: 'copy@example.org' }, { email: 'You@example.org' }],
      bcc: [{ email: 'blind@example.org' }],
    })
    const message = api().delivery.takenFrom(sender.email).at(-1)
    expect(message?.forwardPaths).toEqual(['You@example.org', 'copy@example.org', 'blind@example.org'])
    expect(message?.source.toString()).not.toContain('blind@example.org')
  })

  it('sends attachments, headers and an answer to a synchronised message', async () => {
    const { messages } = await storeMail(api().database, sender.accountId, 1)
    await api().database.pool.query(
      `update message set message_id_header = '<asked@example.org>', "references" = '{<first@example.org>}' where id = $1`,
      [messages[0]],
    )
    const { status } = await sender.send({
      attachments: [{ filename: 'ä.txt', content: Buffer.from('attached').toString('base64'), content_type: 'text/plain' }],
      headers: { 'X-Order': '1001' },
      in_reply_to_message: messages[0],
    })
    const source = api().delivery.takenFrom(sender.email).at(-1)?.source.toString() ?? ''
    expect(status).toBe(200)
    expect(source).toContain('X-Order: 1001\r\n')
    expect(source).toMatch(/^In-Reply-To: <asked@example\.org>\r$/mu)
    expect(source).toMatch(/^References: <first@example\.org>\s+<asked@example\.org>\r$/mu)
    expect(source).toContain(Buffer.from('attached').toString('base64'))
  })

  it('is told of those who were refused', async () => {
    api().delivery.script(sender.email, { outcomes: { 'gone@example.org': 'refused' } })
    const { status, body } = await sender.send({ to: [{ email: 'you@example.org' }, { email: 'gone@example.org' }] })
    expect(status).toBe(200)
    expect((await sender.get(messageIdOf(body))).body['recipients']).toMatchObject([{ status: 'accepted' }, { status: 'refused' }])
  })
})

describe('200: sandbox', () => {
  it('checks everything and delivers nothing', async () => {
    const before = api().delivery.taken.length
    const { status, body } = await sender.send({}, { 'x-misarmail-sandbox': 'true' })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { success: true, sandbox: true, message_id: expect.stringMatching(/^sb_msg_/u) as unknown },
    })
    expect(api().delivery.taken).toHaveLength(before)
    expect((await sender.send({ from: { email: 'other@mail.example' } }, { 'x-misarmail-sandbox': 'true' })).status).toBe(403)
  })
})

describe('400: a sandbox header that is neither yes nor no', () => {
  it.each(['1', 'yes', 'true, true'])('%s: nothing is sent', async (told) => {
    const before = api().delivery.taken.length
    const { status, body } = await sender.send({}, { 'x-misarmail-sandbox': told })
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'validation.failed' })
    expect(api().delivery.taken).toHaveLength(before)
  })
})

describe('202: it could not be taken now', () => {
  it('tells where to look, and what the server said', async () => {
    api().delivery.script(sender.email, { outcome: 'deferred', response: '450 4.2.0 try again later' })
    const { status, body } = await sender.send()
    const messageId = messageIdOf(body)
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        success: false,
        queued: true,
        message: 'Email queued for retry',
        message_id: messageId,
        status_url: `/api/v1/send/${messageId}`,
      },
    })
    const told = await sender.get(messageId)
    expect(told.body).toMatchObject({
      status: 'deferred',
      attempts: 1,
      recipients: [{ status: 'pending', response: '450 4.2.0 try again later' }],
    })
    expect(Date.parse(String(told.body['next_attempt_at']))).toBeGreaterThan(Date.now() + 50_000)
  })

  it('is scheduled, and can be taken back', async () => {
    const before = api().delivery.taken.length
    const { status, body } = await sender.send({ scheduled_at: new Date(Date.now() + 3_600_000).toISOString() })
    expect({ status, body }).toMatchObject({ status: 202, body: { queued: true, message: 'Email scheduled' } })
    expect((await sender.cancel(messageIdOf(body))).body).toMatchObject({ success: true, status: 'cancelled', next_attempt_at: null })
    expect((await sender.cancel(messageIdOf(body))).status).toBe(200)
    expect(api().delivery.taken).toHaveLength(before)
  })

  it('is unknown, and says so', async () => {
    api().delivery.script(sender.email, { outcome: 'unknown' })
    const { status, body } = await sender.send()
    expect({ status, queued: body['queued'] }).toEqual({ status: 202, queued: false })
    expect((await sender.get(messageIdOf(body))).body['status']).toBe('unknown')
  })
})

describe('an idempotency key', () => {
  it('sends once, and is answered alike', async () => {
    const before = api().delivery.taken.length
    const [first, second] = [await sender.send({ idempotency_key: 'once' }), await sender.send({ idempotency_key: 'once' })]
    expect(second.status).toBe(200)
    expect(second.body).toEqual({ ...first.body, idempotent: true })
    expect(api().delivery.taken).toHaveLength(before + 1)
  })

  it('sends once, however many ask at the same time', async () => {
    const before = api().delivery.takenFrom(sender.email).length
    const answers = await Promise.all(Array.from({ length: 50 }, async () => sender.send({ idempotency_key: 'storm' })))
    const statuses = new Set(answers.map(({ status, body }) => `${status} ${typeof body['code'] === 'string' ? body['code'] : ''}`))
    expect([...statuses].every((told) => ['200 ', '409 idempotency.in_progress'].includes(told))).toBe(true)
    expect(statuses).toContain('200 ')
    expect(api().delivery.takenFrom(sender.email)).toHaveLength(before + 1)
  })

  it('409: is under way', async () => {
    const answer = Promise.withResolvers<void>()
    api().delivery.script(sender.email, { after: answer.promise })
    const first = sender.send({ idempotency_key: 'slow' })
    await expect.poll(async () => countSending(sender.accountId)).toBe(1)
    expect((await sender.send({ idempotency_key: 'slow' })).body['code']).toBe('idempotency.in_progress')
    answer.resolve()
    expect((await first).status).toBe(200)
  })

  it('403: of a message of an account the key is not for', async () => {
    const two = await createSender(api())
    const second = await api().rest({
      method: 'POST',
      path: '/api/accounts',
      headers: two.user.bearer,
      body: connectBody('bound@mail.example'),
    })
    const { key } = await createKey(api(), two.user, { allowedAccountId: (second.body['account'] as { id: string }).id })
    await two.send({ idempotency_key: 'bound' })
    const { body } = await two.send({ idempotency_key: 'bound' }, { authorization: `Bearer ${key}` })
    expect(body['code']).toBe('send.sender_not_allowed')
  })

  it('409: was used for another message', async () => {
    await sender.send({ idempotency_key: 'reused' })
    const { status, body } = await sender.send({ idempotency_key: 'reused', subject: 'Other' })
    expect({ status, code: body['code'] }).toEqual({ status: 409, code: 'idempotency.key_reused' })
  })

  it('is another one of another user', async () => {
    const other = await createSender(api())
    await sender.send({ idempotency_key: 'theirs' })
    expect((await other.send({ idempotency_key: 'theirs' })).body).not.toHaveProperty('idempotent')
  })
})

describe('422', () => {
  it.each(['smtp.recipient_refused', 'smtp.message_refused', 'smtp.smtputf8_unsupported'] as const)(
    '%s, with the words of the server',
    async (code) => {
      api().delivery.script(sender.email, { outcome: 'refused', code, response: '550 5.1.1 no such user' })
      const { status, body } = await sender.send()
      expect({ status, code: body['code'], details: body['details'] }).toMatchObject({
        status: 422,
        code,
        details: { recipients: [{ email: 'you@example.org', response: '550 5.1.1 no such user' }] },
      })
    },
  )

  it('an alias nobody knows', async () => {
    expect((await sender.send({ alias_id: 'a' })).body['code']).toBe('send.alias_unknown')
  })
})

describe('400', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['no recipient', { to: [] }],
    ['101 recipients', { to: Array.from({ length: 101 }, (_, index) => ({ email: `${index}@example.org` })) }],
    ['51 copies', { cc: Array.from({ length: 51 }, (_, index) => ({ email: `${index}@example.org` })) }],
    ['no address', { to: [{ email: 'nobody' }] }],
    ['an address with a line of its own', { to: [{ email: 'a@example.org\r\nRCPT TO:<b@example.org>' }] }],
    ['an address literal', { to: [{ email: 'a@[127.0.0.1]' }] }],
    ['a group', { to: [{ email: 'friends: a@example.org;' }] }],
    ['a subject of 999 characters', { subject: 'a'.repeat(999) }],
    ['a subject of two lines', { subject: 'a\r\nBcc: b@example.org' }],
    ['neither text nor HTML', { text: undefined }],
    ['bad base64', { attachments: [{ filename: 'a', content: '%%%' }] }],
    ['a header of ours', { headers: { Bcc: 'b@example.org' } }],
    ['a header with a line of its own', { headers: { 'X-A': 'a\r\nBcc: b@example.org' } }],
    ['a header name with a line of its own', { headers: { 'X-A: a\r\nBcc': 'b@example.org' } }],
    ['a path instead of octets', { attachments: [{ filename: 'a', path: '/etc/passwd' }] }],
    ['11 tags', { tags: Array.from({ length: 11 }, (_, index) => String(index)) }],
    ['metadata that is no text', { metadata: { a: 1 } }],
    ['a key of 129 characters', { idempotency_key: 'a'.repeat(129) }],
    ['a time in ten years', { scheduled_at: '2099-01-01T00:00:00Z' }],
    [
      'an address that is too long as A-labels',
      { to: [{ email: `a@${Array.from({ length: 4 }, () => 'ü'.repeat(55)).join('.')}.example` }] },
    ],
    ['a field nobody knows', { template: 'a' }],
  ])('%s', async (_what, change) => {
    const before = api().delivery.taken.length
    const { status, body } = await sender.send(change)
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'validation.failed' })
    expect(api().delivery.taken).toHaveLength(before)
  })
})

describe('403', () => {
  it('the address of nobody, of somebody else, of a disconnected account', async () => {
    const other = await createSender(api())
    const gone = await createSender(api())
    await api().rest({ method: 'DELETE', path: `/api/accounts/${gone.accountId}`, headers: gone.user.bearer })
    const answers = [
      await sender.send({ from: { email: 'nobody@mail.example' } }),
      await sender.send({ from: { email: other.email } }),
      await gone.send(),
    ]
    expect(answers.map(({ status, body }) => [status, body['code']])).toEqual(
      Array.from({ length: 3 }, () => [403, 'send.sender_not_allowed']),
    )
  })

  it('an account the key is not for', async () => {
    const two = await createSender(api())
    const second = await api().rest({
      method: 'POST',
      path: '/api/accounts',
      headers: two.user.bearer,
      body: connectBody('second@mail.example'),
    })
    const { key } = await createKey(api(), two.user, { allowedAccountId: (second.body['account'] as { id: string }).id })
    const { body } = await two.send({}, { authorization: `Bearer ${key}` })
    expect(body['code']).toBe('send.sender_not_allowed')
    expect((await two.send({ from: { email: 'second@mail.example' } }, { authorization: `Bearer ${key}` })).status).toBe(200)
  })
})

describe('404', () => {
  it('a message nobody sent, or somebody else did', async () => {
    const other = await createSender(api())
    const theirs = messageIdOf((await other.send()).body)
    const answers = await Promise.all(
      ['msg_0', 'msg_0199c0de0000700080000123456789ab', theirs].flatMap((id) => [sender.get(id), sender.cancel(id)]),
    )
    expect(new Set(answers.map(({ status, body }) => `${status} ${String(body['code'])}`))).toEqual(new Set(['404 send.not_found']))
  })

  it('a message to answer that is not there', async () => {
    expect((await sender.send({ in_reply_to_message: 'a' })).status).toBe(404)
  })
})

describe('409: what was sent', () => {
  it('cannot be taken back', async () => {
    const { body } = await sender.cancel(messageIdOf((await sender.send()).body))
    expect(body['code']).toBe('send.not_cancellable')
  })
})

describe('413 and 415', () => {
  it('a message that is too large', async () => {
    const big = await createSender(api())
    const content = Buffer.alloc(20 * 1024 * 1024).toString('base64')
    const { status, body } = await big.send({ attachments: [{ filename: 'a', content }] })
    expect({ status, code: body['code'] }).toEqual({ status: 413, code: 'request.too_large' })
  })

  it('a body of 60 MB', async () => {
    const { status } = await sender.send({ text: 'a'.repeat(60 * 1024 * 1024) })
    expect(status).toBe(413)
  })

  it('another content type', async () => {
    expect((await sender.send({}, { 'content-type': 'text/plain' })).status).toBe(415)
  })
})

describe('429', () => {
  it('more than a hundred requests of a key in a minute', async () => {
    const hasty = await createSender(api())
    await expect.poll(() => new Date().getUTCSeconds(), { timeout: 40_000 }).toBeLessThan(25)
    const answers = await Promise.all(Array.from({ length: 110 }, async () => hasty.send({}, { 'x-misarmail-sandbox': 'true' })))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(10)
    const [one] = refused
    expect(one?.body).toMatchObject({ code: 'rate.limited', retry_after: one?.body['retryAfter'] })
    expect(one?.headers.get('retry-after')).toBe(String(one?.body['retryAfter']))
    expect(one?.headers.get('x-ratelimit-remaining')).toBe('0')
  })

  it('more than the plan allows in a day, whatever comes at once', async () => {
    const poor = await createSender(api(), { plan: 'free' })
    await api().database.pool.query(
      `insert into send_usage (user_id, day, count) select user_id, (now() at time zone 'UTC')::date, 495 from account where id = $1`,
      [poor.accountId],
    )
    const answers = await Promise.all(Array.from({ length: 12 }, async () => poor.send()))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(7)
    expect(refused[0]?.body).toMatchObject({ code: 'send.quota_reached', details: { quota: 'day', limit: 500 } })
    expect(api().delivery.takenFrom(poor.email)).toHaveLength(5)
  })
})

describe('what a message held', () => {
  it('is kept no longer than for its copy once it is over, and not at all when it was only checked', async () => {
    const names = await Promise.all([sender.send(), sender.send({}, { 'x-misarmail-sandbox': 'true' })])
    expect(names.map(({ status }) => status)).toEqual([200, 200])
    const { rows } = await api().database.pool.query<{ kept: number }>(
      `select count(*)::int as kept from submission where account_id = $1 and status in ('sent', 'cancelled') and octet_length(source) > 0 and (sandbox or sent_copy <> 'owed')`,
      [sender.accountId],
    )
    expect(rows).toEqual([{ kept: 0 }])
  })
})

describe('more than there is room for', () => {
  it('waits for a worker', async () => {
    const busy = await createSender(api())
    const answer = Promise.withResolvers<void>()
    const sending: Promise<unknown>[] = []
    for (let count = 1; count <= 16; count += 1) {
      api().delivery.script(busy.email, { after: answer.promise })
      sending.push(busy.send())
      await expect.poll(async () => countSending(busy.accountId)).toBe(count)
    }
    const { status, body } = await busy.send()
    expect({ status, message: body['message'] }).toEqual({ status: 202, message: 'Email queued for retry' })
    answer.resolve()
    await Promise.all(sending)
  })
})

async function countSending(accountId: string): Promise<number> {
  const { rowCount } = await api().database.pool.query("select from submission where account_id = $1 and status = 'sending'", [accountId])
  return rowCount ?? 0
}

describe('an account that is disconnected', () => {
  it('takes back what waits', async () => {
    const leaving = await createSender(api())
    const { body } = await leaving.send({ scheduled_at: new Date(Date.now() + 3_600_000).toISOString() })
    await api().rest({ method: 'DELETE', path: `/api/accounts/${leaving.accountId}`, headers: leaving.user.bearer })
    expect((await leaving.get(messageIdOf(body))).body['status']).toBe('cancelled')
  })
})
