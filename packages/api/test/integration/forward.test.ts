import { createHash } from 'node:crypto'
import type { Quote } from '@maildock/core'
import { newId } from '@maildock/db'
import { extractAttachments, parseMessage } from '@maildock/mail'
import { beforeEach, describe, expect, it } from 'vitest'
import { apiForFile } from '../fixture/api-for-file.ts'
import { createSender, type TestSender } from '../fixture/sender.ts'

const api = apiForFile()
let sender: TestSender
beforeEach(async () => {
  sender = await createSender(api())
})

const FILE = Buffer.from(Uint8Array.from({ length: 256 }, (_value, index) => index))
const SOURCE = [
  'From: Ada <ada@example.org>',
  'Subject: Re: Plans',
  'Message-ID: <original@example.org>',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  '',
  'See the file.',
  '--b',
  'Content-Type: image/png; name="plan.png"',
  'Content-ID: <plan@1>',
  'Content-Transfer-Encoding: base64',
  '',
  FILE.toString('base64'),
  '--b--',
  '',
].join('\r\n')

/** A synchronised message; without a source: what is listed, and still to come. */
async function store(source: string | null, { accountId }: TestSender = sender): Promise<string> {
  const id = newId()
  const { pool } = api().database
  await pool.query(
    `insert into message (account_id, id, message_id_header, subject, "from", "to", cc, bcc, reply_to, "references", internal_date, size_octets)
     values ($1, $2, '<original@example.org>', 'Re: Plans', $3, $4, '[]', '[]', '[]', '{}', '2026-01-05T09:08:00Z', 1)`,
    [accountId, id, JSON.stringify([{ name: 'Ada', address: 'ada@example.org' }]), JSON.stringify([{ name: null, address: sender.email }])],
  )
  if (source !== null) {
    await pool.query(
      `insert into message_body (account_id, message_id, raw_sha256, body_state, text, raw) values ($1, $2, $3, 'stored', 'See the file.', $4)`,
      [accountId, id, createHash('sha256').update(id).digest(), Buffer.from(source)],
    )
  }
  return id
}

const takenSource = (): Buffer => api().delivery.takenFrom(sender.email).at(-1)?.source ?? Buffer.alloc(0)

describe('a forward', () => {
  it('takes the attachments along, to the octet, beside those of its own', async () => {
    const forwarded = await store(SOURCE)
    const { status } = await sender.send({
      subject: 'Fwd: Plans',
      forward_of_message: forwarded,
      attachments: [{ filename: 'note.txt', content: Buffer.from('mine').toString('base64') }],
    })
    expect(status).toBe(200)
    expect(
      extractAttachments(takenSource()).map(({ filename, contentType, contentId, content }) => ({
        filename,
        contentType,
        contentId,
        content,
      })),
    ).toEqual(
      expect.arrayContaining([
        { filename: 'plan.png', contentType: 'image/png', contentId: 'plan@1', content: FILE },
        { filename: 'note.txt', contentType: 'text/plain', contentId: null, content: Buffer.from('mine') },
      ]),
    )
    const { inReplyTo, references } = parseMessage(takenSource())
    expect({ inReplyTo, references }).toEqual({ inReplyTo: null, references: ['<original@example.org>'] })
  })

  it('takes the whole message along when that is wanted', async () => {
    const forwarded = await store(SOURCE)
    await sender.send({ forward_of_message: forwarded, forward_as: 'message' })
    expect(extractAttachments(takenSource())).toMatchObject([
      { filename: 'Re_ Plans.eml', contentType: 'message/rfc822', content: Buffer.from(SOURCE) },
    ])
  })

  it('of a message in another account of the user is one, also when that is disconnected; not with a key for this account alone', async () => {
    const other = await createSender(api())
    await api().database.pool.query(
      'update account set user_id = (select user_id from account where id = $1), disconnected_at = now(), is_default = false where id = $2',
      [sender.accountId, other.accountId],
    )
    const forwarded = await store(SOURCE, other)
    expect((await sender.send({ forward_of_message: forwarded })).status).toBe(200)
    await api().database.pool.query(
      'update api_key set allowed_account_id = $1 where user_id = (select user_id from account where id = $1)',
      [sender.accountId],
    )
    expect((await sender.send({ forward_of_message: forwarded })).body).toMatchObject({ code: 'message.not_found' })
  })

  it.each([
    ['of somebody else’s message', async () => store(SOURCE, await createSender(api())), 404, 'message.not_found'],
    ['of none', async () => newId(), 404, 'message.not_found'],
    ['of what is no id', async () => "'; drop table message", 404, 'message.not_found'],
    ['of a message whose source is still to come', async () => store(null), 422, 'message.not_stored'],
    [
      'that is larger than may be sent',
      async () => store(`Content-Type: application/zip\r\n\r\n${'x'.repeat(20_000_000)}`),
      413,
      'request.too_large',
    ],
  ])('%s is refused, and nothing is sent', async (_what, find, status, code) => {
    const answer = await sender.send({ forward_of_message: await find() })
    expect([answer.status, answer.body['code']]).toEqual([status, code])
    expect(api().delivery.takenFrom(sender.email)).toEqual([])
  })

  it('of nothing, in one way or the other, is refused', async () => {
    expect((await sender.send({ forward_as: 'message' })).body).toMatchObject({
      code: 'validation.failed',
      details: { fieldErrors: { forward_as: ['Name the message that is forwarded.'] } },
    })
  })

  it('with an idempotency key is another message than one without it', async () => {
    const forwarded = await store(SOURCE)
    await sender.send({ idempotency_key: 'one', forward_of_message: forwarded })
    expect((await sender.send({ idempotency_key: 'one', forward_of_message: forwarded })).body).toMatchObject({ idempotent: true })
    expect((await sender.send({ idempotency_key: 'one' })).body).toMatchObject({ code: 'idempotency.key_reused' })
  })
})

const quote = async (input: object, by = sender) => api().trpc({ type: 'query', path: 'messages.quote', input, headers: by.user.bearer })

describe('messages.quote', () => {
  it('tells what an answer begins with, and a forward', async () => {
    const id = await store(SOURCE)
    const { data } = await quote({ accountId: sender.accountId, id, mode: 'reply_all' })
    expect(data as Quote).toEqual({
      subject: 'Re: Plans',
      to: [{ name: 'Ada', address: 'ada@example.org' }],
      cc: [],
      text: 'On Mon, 5 Jan 2026 at 09:08 UTC, Ada <ada@example.org> wrote:\n> See the file.',
      complete: true,
      bodyState: 'stored',
      attachments: [],
    })
    expect((await quote({ accountId: sender.accountId, id, mode: 'forward' })).data).toMatchObject({ subject: 'Fwd: Plans', to: [] })
  })

  it('tells nothing of somebody else’s message', async () => {
    const other = await createSender(api())
    const id = await store(SOURCE)
    const { error } = await quote({ accountId: sender.accountId, id, mode: 'reply' }, other)
    expect(error?.data['maildock']).toMatchObject({ code: 'account.not_found' })
  })
})
