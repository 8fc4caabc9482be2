import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../fixture/connect-body.ts'
import { storeMail, type StoredMail } from '../fixture/stored-mail.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
let user: TestUser
let account: string
let mail: StoredMail

beforeEach(async () => {
  user = await createTestUser()
  account = await connect(api(), user, 'mailbox@example.org')
  mail = await storeMail(api().database, account, 2)
  await api().database.pool.query('select graphile_worker.remove_job($1)', [`sync:${account}`])
})

const patch = async (id: string, synced: unknown) =>
  await api().rest({ method: 'PATCH', path: `/api/accounts/${account}/mailboxes/${id}`, headers: user.bearer, body: { synced } })
const jobs = async (): Promise<unknown[]> =>
  (await api().database.pool.query('select 1 from graphile_worker.jobs where key = $1', [`sync:${account}`])).rows
const list = async (): Promise<Record<string, unknown>[]> =>
  (await api().rest({ path: `/api/accounts/${account}/mailboxes`, headers: user.bearer })).body['mailboxes'] as Record<string, unknown>[]
const trouble = async (id: string): Promise<void> => {
  await api().database.pool.query(
    `update mailbox set error_code = 'sync.permission_denied', failures = 3, next_attempt_at = '2026-01-15T12:00:00Z' where id = $1`,
    [id],
  )
}

describe('left out', () => {
  it('says so, in the answer and in the list, and starts no sync', async () => {
    const { status, body } = await patch(mail.archive, false)
    expect({ status, mailbox: body['mailbox'] }).toMatchObject({
      status: 200,
      mailbox: { id: mail.archive, path: 'Archive', synced: false },
    })
    expect((await list()).map(({ path, synced }) => [path, synced])).toEqual([
      ['INBOX', true],
      ['Archive', false],
    ])
    expect(await jobs()).toEqual([])
  })

  it('is read no more and has no progress to show, and its trouble is over', async () => {
    await trouble(mail.archive)
    await patch(mail.archive, false)
    expect((await list()).find(({ id }) => id === mail.archive)).toMatchObject({ sync_error: null })
    const { rows } = await api().database.pool.query('select failures, next_attempt_at from mailbox where id = $1', [mail.archive])
    expect(rows).toEqual([{ failures: 0, next_attempt_at: null }])
  })
})

describe('taken in again', () => {
  it('starts a sync at once, and only when it was left out', async () => {
    await patch(mail.archive, true)
    expect(await jobs()).toEqual([])
    await patch(mail.archive, false)
    expect((await patch(mail.archive, true)).body['mailbox']).toMatchObject({ synced: true })
    expect(await jobs()).toHaveLength(1)
  })
})

describe('a mailbox in trouble', () => {
  it('says why, in words, and when it is tried again', async () => {
    await trouble(mail.archive)
    expect((await list()).map((mailbox) => mailbox['sync_error'])).toEqual([
      null,
      {
        code: 'sync.permission_denied',
        message: 'The mail server does not permit access to this mailbox. Ask its administrator.',
        next_attempt_at: '2026-01-15T12:00:00Z',
      },
    ])
  })
})

describe('400', () => {
  it('mailbox.inbox_required: INBOX is the account', async () => {
    const { status, body } = await patch(mail.inbox, false)
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'mailbox.inbox_required' })
    expect((await patch(mail.inbox, true)).status).toBe(200)
  })

  it.each([undefined, null, 'false', 0])('validation.failed: synced is %j', async (synced) => {
    const { status, body } = await patch(mail.archive, synced)
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'validation.failed' })
  })
})

describe('404', () => {
  it.each(['no-id', '00000000-0000-7000-8000-000000000000'])('mailbox.not_found: %s', async (id) => {
    const { status, body } = await patch(id, false)
    expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'mailbox.not_found' })
  })

  it('mailbox.not_found: one that is gone, one that holds no messages, one of another account', async () => {
    await api().database.pool.query('update mailbox set gone_at = now() where id = $1', [mail.archive])
    expect((await patch(mail.archive, false)).body['code']).toBe('mailbox.not_found')
    const { rows } = await api().database.pool.query('select id from mailbox where account_id = $1 and not selectable', [account])
    expect((await patch(rows[0].id, false)).body['code']).toBe('mailbox.not_found')
    const other = await connect(api(), user, 'other@example.org')
    expect((await patch((await storeMail(api().database, other, 1)).archive, false)).body['code']).toBe('mailbox.not_found')
  })

  it('account.not_found: disconnected, its mail can be read and no more', async () => {
    await connect(api(), user, 'other@example.org')
    await api().rest({ method: 'DELETE', path: `/api/accounts/${account}`, headers: user.bearer })
    expect((await patch(mail.archive, false)).body['code']).toBe('account.not_found')
  })
})
