import { LIVE_CHANNEL } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { connect, connectBody, listAccounts } from '../fixture/connect-body.ts'
import { createTestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const post = async (headers: Readonly<Record<string, string>>, body: unknown) =>
  await api().rest({ method: 'POST', path: '/api/accounts', headers, body })

describe('connected', () => {
  it('answers exactly what the contract shows', async () => {
    const user = await createTestUser()
    const { status, headers, body } = await post(user.cookie, connectBody('hello@example.org', { name: 'Hello' }))
    expect({ status, body }).toEqual({
      status: 201,
      body: { success: true, account: { id: expect.any(String), email: 'hello@example.org', sync_status: 'pending' } },
    })
    const { id } = body['account'] as { id: string }
    expect(headers.get('location')).toBe(`/api/accounts/${id}`)
    const list = await api().rest({ path: '/api/accounts', headers: user.cookie })
    expect(list.body).toEqual({
      success: true,
      accounts: [
        {
          id,
          email: 'hello@example.org',
          name: 'Hello',
          imap_host: 'imap.example.org',
          imap_port: 993,
          smtp_host: 'smtp.example.org',
          smtp_port: 587,
          sync_status: 'pending',
          is_default: true,
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
        },
      ],
    })
  })

  it.each(['', '   '])('takes the name %j for none', async (name) => {
    const user = await createTestUser()
    await connect(api(), user, 'unnamed@example.org', { name })
    expect(await listAccounts(api(), user)).toMatchObject([{ name: null }])
  })

  it('seals the password, bound to account and field, and stores an own SMTP password only when it differs', async () => {
    const user = await createTestUser()
    const same = await connect(api(), user, 'same@example.org', { smtp_password: 'the-password' })
    const own = await connect(api(), user, 'own@example.org', { smtp_password: 'another', smtp_username: 'relay' })
    const { rows } = await api().database.pool.query(
      'select account_id, field, key_id as "keyId", sealed from credential where account_id = any ($1) order by account_id, field',
      [[same, own]],
    )
    const opened = await Promise.all(
      rows.map(async (row) => [
        row.account_id,
        row.field,
        await api().vault.withOpened(row, { accountId: row.account_id, field: row.field }, String),
      ]),
    )
    expect(opened).toEqual([
      [same, 'imap_password', 'the-password'],
      [own, 'imap_password', 'the-password'],
      [own, 'smtp_password', 'another'],
    ])
    expect(rows.map((row) => row.sealed.toString('latin1')).join()).not.toContain('the-password')
  })

  it('enqueues the first sync and tells who listens, with the same commit', async () => {
    const user = await createTestUser()
    const client = await api().database.pool.connect()
    const heard: string[] = []
    try {
      client.on('notification', ({ payload }) => heard.push(payload ?? ''))
      await client.query(`listen ${LIVE_CHANNEL}`)
      const id = await connect(api(), user, 'job@example.org')
      await expect
        .poll(async () => {
          await client.query('select 1')
          return heard.map((payload) => JSON.parse(payload))
        })
        .toContainEqual({ kind: 'account', userId: user.id, accountId: id })
      const { rows } = await client.query('select task_identifier from graphile_worker.jobs where key = $1', [`sync:${id}`])
      expect(rows).toEqual([{ task_identifier: 'sync_account' }])
    } finally {
      client.removeAllListeners('notification')
      await client.query('unlisten *')
      client.release()
    }
  })

  it('makes the first account of a user the default, and only that', async () => {
    const user = await createTestUser()
    await connect(api(), user, 'first@example.org')
    await connect(api(), user, 'second@example.org')
    expect((await listAccounts(api(), user)).map(({ email, is_default }) => [email, is_default])).toEqual([
      ['first@example.org', true],
      ['second@example.org', false],
    ])
  })

  it('lets two users connect the same address: one could otherwise squat it (H2)', async () => {
    const [one, two] = [await createTestUser(), await createTestUser()]
    expect(await connect(api(), one, 'shared@example.org')).not.toBe(await connect(api(), two, 'shared@example.org'))
  })
})

describe('revived: an address that was connected before', () => {
  it('comes back with its id, its mail and its sync position, and without an old error', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'again@example.org')
    const { pool } = api().database
    await pool.query(
      `insert into mailbox (account_id, id, path, uid_validity, uid_next, messages_done) values ($1, gen_random_uuid(), 'INBOX', 7, 100, 99)`,
      [id],
    )
    await pool.query(`update account set sync_status = 'error', sync_error_code = 'host.timeout', sync_failures = 3 where id = $1`, [id])
    await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: user.bearer })
    expect(await connect(api(), user, 'AGAIN@Example.org')).toBe(id)
    const account = await api().rest({ path: `/api/accounts/${id}`, headers: user.bearer })
    expect(account.body['account']).toMatchObject({
      email: 'AGAIN@Example.org',
      sync_status: 'pending',
      sync_error: null,
      is_default: true,
    })
    const { rows } = await pool.query('select uid_validity, uid_next from mailbox where account_id = $1', [id])
    expect(rows).toEqual([{ uid_validity: '7', uid_next: '100' }])
    const { rows: revisions } = await pool.query('select revision, sync_failures from account where id = $1', [id])
    expect(revisions).toEqual([{ revision: 2, sync_failures: 0 }])
  })

  it('does not trust the UIDs of another server', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'moved@example.org')
    const { pool } = api().database
    await pool.query(`insert into mailbox (account_id, id, path, uid_validity) values ($1, gen_random_uuid(), 'INBOX', 7)`, [id])
    await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: user.bearer })
    await connect(api(), user, 'moved@example.org', { imap_host: 'imap.elsewhere.org' })
    const { rows } = await pool.query('select uid_validity from mailbox where account_id = $1', [id])
    expect(rows).toEqual([{ uid_validity: '0' }])
  })
})

describe('409 account.already_connected', () => {
  it.each(['Taken@Example.org', 'taken@EXAMPLE.ORG', ' taken@example.org '])('%s is taken@example.org', async (email) => {
    const user = await createTestUser()
    await connect(api(), user, 'taken@example.org')
    const calls = api().fake.calls.length
    const { status, body } = await post(user.bearer, connectBody(email))
    expect({ status, code: body['code'], error: body['error'] }).toEqual({
      status: 409,
      code: 'account.already_connected',
      error: 'This email address is already connected.',
    })
    // No password is sent to any server for it.
    expect(api().fake.calls).toHaveLength(calls)
  })
})

describe('403 account.quota_reached', () => {
  it('by the plan of the session, before any server is asked', async () => {
    const user = await createTestUser({ plan: 'free' })
    await connect(api(), user, 'only@example.org')
    const calls = api().fake.calls.length
    const { status, body } = await post(user.bearer, connectBody('more@example.org'))
    expect({ status, code: body['code'] }).toEqual({ status: 403, code: 'account.quota_reached' })
    expect(api().fake.calls).toHaveLength(calls)
  })

  it('does not count disconnected accounts', async () => {
    const user = await createTestUser({ plan: 'free' })
    const id = await connect(api(), user, 'one@example.org')
    await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: user.bearer })
    await connect(api(), user, 'two@example.org')
    expect((await listAccounts(api(), user)).map(({ email }) => email)).toEqual(['two@example.org'])
  })

  it.each(['__proto__', 'constructor', 'no-such-plan'])('counts the plan %s as the default one', async (plan) => {
    const user = await createTestUser({ plan })
    await connect(api(), user, 'first@example.org')
    await connect(api(), user, 'second@example.org')
    expect(await listAccounts(api(), user)).toHaveLength(2)
  })
})

describe('400: a server that cannot be verified', () => {
  const imap = {
    protocol: 'imap',
    stage: 'auth',
    code: 'imap.authentication_failed',
    hint: 'Check the password.',
    serverResponse: 'NO no',
  } as const
  const smtp = { protocol: 'smtp', stage: 'dns', code: 'host.not_found', hint: 'Check the name.' } as const

  it('tells code, protocol, stage, hint and the words of the server, and stores nothing', async () => {
    const user = await createTestUser()
    api().fake.fail(imap)
    const { status, body } = await post(user.bearer, connectBody('bad@example.org'))
    api().fake.fail()
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        success: false,
        error: 'The IMAP server refused this user name and password.',
        code: 'imap.authentication_failed',
        request_id: expect.any(String),
        details: { protocol: 'imap', stage: 'auth', hint: 'Check the password.', server_response: 'NO no' },
      },
    })
    expect(await listAccounts(api(), user)).toEqual([])
    const { rows } = await api().database.pool.query('select count(*)::int as count from account where user_id = $1', [user.id])
    expect(rows).toEqual([{ count: 0 }])
  })

  it('tells both when both fail, the first one on top', async () => {
    const user = await createTestUser()
    api().fake.fail(imap, smtp)
    const { body } = await post(user.bearer, connectBody('worse@example.org'))
    api().fake.fail()
    expect(body['code']).toBe('imap.authentication_failed')
    expect(body['details']).toMatchObject({
      protocol: 'imap',
      failures: [
        { code: 'imap.authentication_failed', protocol: 'imap', server_response: 'NO no' },
        { code: 'host.not_found', protocol: 'smtp', stage: 'dns', hint: 'Check the name.' },
      ],
    })
  })
})
