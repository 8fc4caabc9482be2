import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../fixture/connect-body.ts'
import { storeMail, type StoredMail } from '../fixture/stored-mail.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const COUNT = 25
let user: TestUser
let account: string
let mail: StoredMail
beforeAll(async () => {
  user = await createTestUser()
  account = await connect(api(), user, 'reader@example.org')
  mail = await storeMail(api().database, account, COUNT)
})

const get = async (path: string, headers: Readonly<Record<string, string>> = user.bearer) =>
  await api().rest({ path: `/api/accounts/${account}${path}`, headers })
const idsOf = (body: Readonly<Record<string, unknown>>): string[] => (body['messages'] as { id: string }[]).map(({ id }) => id)

async function readAll(query: string): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await get(`/messages?limit=7${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    ids.push(...idsOf(body))
    cursor = body['next_cursor'] as string | null
  }
  return ids
}

describe('the mailboxes of an account', () => {
  it('are those that hold messages, INBOX first, with their counts', async () => {
    const { body } = await get('/mailboxes')
    expect(body).toEqual({
      success: true,
      mailboxes: [
        {
          id: mail.inbox,
          account_id: account,
          path: 'INBOX',
          delimiter: '/',
          special_use: '\\Inbox',
          messages_total: COUNT,
          messages_unseen: 12,
          synced: true,
          sync_error: null,
        },
        expect.objectContaining({ id: mail.archive, path: 'Archive', messages_total: 0, messages_unseen: 0 }),
      ],
    })
  })
})

describe('a page of messages', () => {
  it('is as the contract spells it', async () => {
    const { body } = await get('/messages?limit=1')
    const [message] = body['messages'] as object[]
    expect(message).toEqual({
      id: mail.messages[0],
      account_id: account,
      mailbox_ids: [mail.inbox],
      thread_id: null,
      subject: expect.any(String),
      from: [{ name: 'Ada', address: 'ada@example.org' }],
      to: [],
      snippet: 'Hello',
      received_at: '2026-01-15T10:00:00Z',
      sent_at: null,
      size_octets: 1234,
      seen: expect.any(Boolean),
      flagged: false,
      answered: false,
      draft: false,
      has_attachments: false,
    })
  })

  it('leads to the next, so that each message comes once, newest first', async () => {
    expect(await readAll('')).toEqual(mail.messages)
    expect(await readAll(`&mailbox_id=${mail.inbox}`)).toEqual(mail.messages)
    expect(await readAll(`&mailbox_id=${mail.archive}`)).toEqual([])
  })

  it('shows a message that is in two mailboxes once, with both, and read when it is read in one', async () => {
    const id = mail.messages.at(-1)
    await api().database.pool.query(
      `insert into placement (account_id, mailbox_id, uid, message_id, internal_date, flags, keywords)
       select account_id, $2, 1, message_id, internal_date, array['\\Flagged'], '{}' from placement where account_id = $1 and message_id = $3`,
      [account, mail.archive, id],
    )
    expect(await readAll('')).toEqual(mail.messages)
    const { body } = await get(`/messages?mailbox_id=${mail.archive}`)
    expect(body['messages']).toMatchObject([{ id, seen: true, flagged: true }])
    expect(new Set((body['messages'] as [{ mailbox_ids: string[] }])[0].mailbox_ids)).toEqual(new Set([mail.inbox, mail.archive]))
  })

  it('leaves out what is in no mailbox any more', async () => {
    const other = await connect(api(), user, 'gone@example.org')
    const stored = await storeMail(api().database, other, 3)
    await api().database.pool.query('delete from placement where account_id = $1 and message_id = $2', [other, stored.messages[0]])
    const { body } = await api().rest({ path: `/api/accounts/${other}/messages`, headers: user.bearer })
    expect(idsOf(body)).toEqual(stored.messages.slice(1))
    // By its id it stays readable.
    const one = await api().rest({ path: `/api/accounts/${other}/messages/${stored.messages[0]}`, headers: user.bearer })
    expect(one.body['message']).toMatchObject({ id: stored.messages[0], mailbox_ids: [] })
  })
})

describe('the messages of a thread', () => {
  const THREAD = '01940000-0000-7000-8000-00000000000a'
  const MERGED = '01940000-0000-7000-8000-00000000000b'
  let reader: string
  let stored: StoredMail
  beforeAll(async () => {
    reader = await connect(api(), user, 'threads@example.org')
    stored = await storeMail(api().database, reader, 9)
    const { pool } = api().database
    await pool.query('update message set thread_id = $2 where account_id = $1 and id = any($3::uuid[])', [
      reader,
      THREAD,
      stored.messages.slice(2, 7),
    ])
    await pool.query(
      `insert into thread (account_id, id, message_count, first_message_at, last_message_at, merged_into)
       values ($1, $2, 5, now(), now(), null), ($1, $3, 1, now(), now(), $2)`,
      [reader, THREAD, MERGED],
    )
  })

  const list = async (query: string): Promise<Readonly<Record<string, unknown>>> =>
    (await api().rest({ path: `/api/accounts/${reader}/messages?${query}`, headers: user.bearer })).body

  it('are found by its id, newest first, page by page', async () => {
    const first = await list(`thread_id=${THREAD}&limit=3`)
    expect(first['messages']).toMatchObject(stored.messages.slice(2, 5).map((id) => ({ id, thread_id: THREAD })))
    const rest = await list(`thread_id=${THREAD}&limit=3&cursor=${String(first['next_cursor'])}`)
    expect(idsOf(rest)).toEqual(stored.messages.slice(5, 7))
    expect(rest['next_cursor']).toBeNull()
  })

  it('are found by the id of one that became part of it', async () => {
    expect(idsOf(await list(`thread_id=${MERGED}`))).toEqual(stored.messages.slice(2, 7))
  })

  it('are those of a mailbox alone, where one is named', async () => {
    expect(idsOf(await list(`thread_id=${THREAD}&mailbox_id=${stored.inbox}`))).toEqual(stored.messages.slice(2, 7))
    expect(idsOf(await list(`thread_id=${THREAD}&mailbox_id=${stored.archive}`))).toEqual([])
  })

  it('are none, where there is no such thread', async () => {
    for (const thread of [randomUUID(), 'no-id']) {
      expect(await list(`thread_id=${thread}`)).toEqual({ success: true, messages: [], next_cursor: null })
    }
    // Nor is that of another account.
    const { body } = await get(`/messages?thread_id=${THREAD}`)
    expect(idsOf(body)).toEqual([])
  })
})

describe('one message', () => {
  it('comes with its text and its attachments', async () => {
    const id = mail.messages[3]
    const { pool } = api().database
    await pool.query(`update message_body set text = 'Hello, world' where account_id = $1 and message_id = $2`, [account, id])
    await pool.query(
      `insert into attachment (account_id, message_id, part, filename, content_type, size_octets) values ($1, $2, '2', 'a.pdf', 'application/pdf', 99)`,
      [account, id],
    )
    const { body } = await get(`/messages/${id}`)
    expect(body['message']).toMatchObject({
      id,
      text: 'Hello, world',
      body_state: 'stored',
      references: [],
      attachments: [{ part: '2', filename: 'a.pdf', content_type: 'application/pdf', size_octets: 99, content_id: null, inline: false }],
    })
  })

  it('is there before its source is', async () => {
    const id = mail.messages[4]
    await api().database.pool.query('delete from message_body where account_id = $1 and message_id = $2', [account, id])
    const { body } = await get(`/messages/${id}`)
    expect(body['message']).toMatchObject({ id, snippet: '', text: null, body_state: 'pending', has_attachments: false, attachments: [] })
    const page = (await get('/messages?limit=100')).body['messages'] as { id: string; snippet: string }[]
    expect(page.find((message) => message.id === id)).toMatchObject({ snippet: '', has_attachments: false })
  })
})

describe('refused', () => {
  it.each([
    ['/messages?limit=0', 'limit'],
    ['/messages?limit=101', 'limit'],
    ['/messages?limit=ten', 'limit'],
    ['/messages?limit=1&limit=2', 'limit'],
    ['/messages?cursor=nonsense', 'cursor'],
    [`/messages?cursor=${Buffer.from('1.x').toString('base64url')}`, 'cursor'],
    ['/messages?mailboxId=x', 'mailboxId'],
    ['/messages?mailbox_id[not]=x', 'mailbox_id[not]'],
  ])('400 validation.failed: %s', async (path, field) => {
    const { status, body } = await get(path)
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'validation.failed' })
    expect(Object.keys((body['details'] as { fieldErrors: object }).fieldErrors)).toEqual([field])
  })

  it.each([
    ['a mailbox that is not there', `/messages?mailbox_id=${randomUUID()}`, 'mailbox.not_found'],
    ['a mailbox that is no id', '/messages?mailbox_id=INBOX', 'mailbox.not_found'],
    ['a message that is not there', `/messages/${randomUUID()}`, 'message.not_found'],
    ['a message that is no id', '/messages/1', 'message.not_found'],
  ])('404: %s', async (_name, path, code) => {
    const { status, body } = await get(path)
    expect({ status, code: body['code'] }).toEqual({ status: 404, code })
  })

  it('404: everything of it, to another user', async () => {
    const other = await createTestUser()
    const foreign = await connect(api(), other, 'other@example.org')
    for (const path of ['/mailboxes', '/messages', `/messages/${mail.messages[0]}`, `/messages?mailbox_id=${mail.inbox}`]) {
      expect((await get(path, other.bearer)).body['code']).toBe('account.not_found')
    }
    const crossed = await api().rest({ path: `/api/accounts/${foreign}/messages/${mail.messages[0]}`, headers: other.bearer })
    expect(crossed.body['code']).toBe('message.not_found')
    const mailbox = await api().rest({ path: `/api/accounts/${foreign}/messages?mailbox_id=${mail.inbox}`, headers: other.bearer })
    expect(mailbox.body['code']).toBe('mailbox.not_found')
  })
})

describe('a disconnected account', () => {
  it('keeps its mail readable by its id', async () => {
    const id = await connect(api(), user, 'left@example.org')
    const stored = await storeMail(api().database, id, 3)
    await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: user.bearer })
    const list = await api().rest({ path: `/api/accounts/${id}/messages`, headers: user.bearer })
    expect(idsOf(list.body)).toEqual(stored.messages)
    expect((await api().rest({ path: `/api/accounts/${id}/mailboxes`, headers: user.bearer })).status).toBe(200)
    expect((await api().rest({ path: `/api/accounts/${id}/messages/${stored.messages[0]}`, headers: user.bearer })).status).toBe(200)
    expect((await api().rest({ path: `/api/accounts/${id}`, headers: user.bearer })).status).toBe(404)
  })
})
