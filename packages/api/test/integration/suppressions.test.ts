import { silentLogger } from '@maildock/core'
import { createOutbox } from '@maildock/outbox'
import { beforeAll, describe, expect, it } from 'vitest'
import { apiForFile } from '../fixture/api-for-file.ts'
import type { RestAnswer } from '../fixture/call-rest.ts'
import { createSender, type TestSender } from '../fixture/sender.ts'

const api = apiForFile()
let sender: TestSender
beforeAll(async () => {
  sender = await createSender(api())
})

const call = async (method: 'GET' | 'POST' | 'DELETE', path = '', body?: unknown): Promise<RestAnswer> =>
  api().rest({ method, path: `/api/v1/suppressions${path}`, headers: sender.user.bearer, ...(body === undefined ? {} : { body }) })
const add = async (email: string): Promise<RestAnswer> => call('POST', '', { email })
const listed = async (path = ''): Promise<string[]> => {
  const { body } = await call('GET', path)
  return (body['suppressions'] as { email: string }[]).map(({ email }) => email)
}

describe('422: a recipient is suppressed', () => {
  it.each(['to', 'cc', 'bcc'])('as %s: nothing is stored, and the addresses are told', async (kind) => {
    await add(`gone-${kind}@example.org`)
    const count = async () =>
      (await api().database.pool.query('select from submission where account_id = $1', [sender.accountId])).rows.length
    const before = await count()
    const { status, body } = await sender.send({ [kind]: [{ email: 'you@example.org' }, { email: `GONE-${kind}@Example.org` }] })
    expect(status).toBe(422)
    expect(body).toMatchObject({
      code: 'send.recipient_suppressed',
      details: { recipients: [{ email: `GONE-${kind}@example.org` }] },
    })
    expect(await count()).toBe(before)
  })

  it('in the sandbox, too', async () => {
    await add('gone@example.org')
    const { body } = await sender.send({ to: [{ email: 'gone@example.org' }] }, { 'x-misarmail-sandbox': 'true' })
    expect(body['code']).toBe('send.recipient_suppressed')
  })

  it('until the address is taken off the list', async () => {
    await add('back@example.org')
    expect((await sender.send({ to: [{ email: 'back@example.org' }] })).status).toBe(422)
    expect((await call('DELETE', '/back%40example.org')).status).toBe(200)
    expect((await sender.send({ to: [{ email: 'back@example.org' }] })).status).toBe(200)
  })

  it('for nobody but its user', async () => {
    await add('mine@example.org')
    const other = await createSender(api())
    expect((await other.send({ to: [{ email: 'mine@example.org' }] })).status).toBe(200)
  })
})

const refuse = async (email: string, words: object): Promise<RestAnswer> => {
  api().delivery.script(sender.email, {
    outcome: 'refused',
    replyCode: 550,
    response: '550 no',
    code: 'smtp.recipient_refused',
    ...words,
  })
  return sender.send({ to: [{ email }] })
}

describe('a server that says there is no such address', () => {
  it('fills the list, with the message and its words', async () => {
    expect((await refuse('nobody@example.org', { enhancedStatus: '5.1.1' })).body['code']).toBe('smtp.recipient_refused')
    expect((await sender.send({ to: [{ email: 'nobody@example.org' }] })).body['code']).toBe('send.recipient_suppressed')
    const { body } = await call('GET', '?search=nobody%40')
    expect(body['suppressions']).toMatchObject([
      { email: 'nobody@example.org', reason: 'bounce', detail: '550 no', message_id: expect.stringMatching(/^msg_/u) as unknown },
    ])
  })

  it.each([
    ['a policy', { enhancedStatus: '5.7.1' }],
    ['a full mailbox', { enhancedStatus: '5.2.2' }],
    ['nothing more', {}],
    ['it of the message', { enhancedStatus: '5.1.1', code: 'smtp.message_refused' }],
    ['it for now', { outcome: 'deferred', replyCode: 450, enhancedStatus: '4.1.1' }],
  ])('and means %s, does not', async (_name, words) => {
    await refuse('kept@example.org', words)
    expect(await listed('?search=kept')).toEqual([])
  })
})

describe('a message that waits', () => {
  it('is not sent to who was suppressed meanwhile', async () => {
    const scheduled = await sender.send({
      to: [{ email: 'early@example.org' }, { email: 'late@example.org' }],
      scheduled_at: new Date(Date.now() + 3_600_000).toISOString(),
    })
    await add('late@example.org')
    await api().database.pool.query('update submission set next_attempt_at = now() where account_id = $1 and status = $2', [
      sender.accountId,
      'accepted',
    ])
    await using outbox = createOutbox({ pool: api().database.pool, deliver: api().delivery.deliver, logger: silentLogger })
    await outbox.turn()
    const { body } = await sender.get(String(scheduled.body['message_id']))
    expect(body).toMatchObject({ status: 'sent', recipients: [{ status: 'accepted' }, { email: 'late@example.org', status: 'refused' }] })
    expect(api().delivery.takenFrom(sender.email).at(-1)?.forwardPaths).toEqual(['early@example.org'])
  })
})

describe('the list', () => {
  it('is paged, newest first, and searched by a part of the address', async () => {
    for (const name of ['a', 'b', 'c']) await add(`${name}_page%@example.org`)
    expect(await listed('?search=_PAGE%25')).toEqual(['c_page%@example.org', 'b_page%@example.org', 'a_page%@example.org'])
    const { body } = await call('GET', '?search=_page&limit=2')
    expect(body['suppressions']).toHaveLength(2)
    expect(await listed(`?search=_page&limit=2&cursor=${String(body['next_cursor'])}`)).toEqual(['a_page%@example.org'])
  })

  it('keeps an address that is added again, and takes domains in Unicode', async () => {
    const first = await add('once@bücher.example')
    expect(first.body['suppression']).toMatchObject({ email: 'once@xn--bcher-kva.example', reason: 'manual', message_id: null })
    expect((await add('ONCE@xn--bcher-kva.example')).body).toEqual(first.body)
    expect((await call('DELETE', `?email=${encodeURIComponent('once@bücher.example')}`)).status).toBe(200)
  })

  it.each([
    ['DELETE', '/missing%40example.org', 404, 'suppression.not_found'],
    ['DELETE', '?email=missing', 404, 'suppression.not_found'],
    ['GET', '?cursor=none', 400, 'validation.failed'],
    ['GET', '?limit=0', 400, 'validation.failed'],
  ] as const)('%s %s is refused', async (method, path, status, code) => {
    const answer = await call(method, path)
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code })
  })

  it.each(['none', 'a@[192.0.2.1]', ''])('takes no address that is none: %j', async (email) => {
    expect((await add(email)).body['code']).toBe('validation.failed')
  })
})
