import { describe, expect, it } from 'vitest'
import { connect, listAccounts } from '../fixture/connect-body.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const patch = async (user: TestUser, id: string, body: unknown) =>
  await api().rest({ method: 'PATCH', path: `/api/accounts/${id}`, headers: user.bearer, body })
const openPasswords = async (id: string): Promise<Record<string, string>> => {
  const { rows } = await api().database.pool.query('select field, key_id as "keyId", sealed from credential where account_id = $1', [id])
  const opened = rows.map(
    async (row) => [row.field, await api().vault.withOpened(row, { accountId: id, field: row.field }, String)] as const,
  )
  return Object.fromEntries(await Promise.all(opened))
}
const jobs = async (id: string): Promise<unknown[]> =>
  (await api().database.pool.query('select 1 from graphile_worker.jobs where key = $1', [`sync:${id}`])).rows
const dropJobs = async (id: string) => await api().database.pool.query('select graphile_worker.remove_job($1)', [`sync:${id}`])

describe('changed: name and default', () => {
  it('needs no server and starts no sync', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'name@example.org', { name: 'Old' })
    await dropJobs(id)
    const calls = api().fake.calls.length
    const { status, body } = await patch(user, id, { name: 'New' })
    expect({ status, account: body['account'] }).toMatchObject({ status: 200, account: { id, name: 'New', username: 'name@example.org' } })
    expect((await patch(user, id, { name: null })).body['account']).toMatchObject({ name: null })
    expect(api().fake.calls).toHaveLength(calls)
    expect(await jobs(id)).toEqual([])
  })

  it('moves the default', async () => {
    const user = await createTestUser()
    await connect(api(), user, 'first@example.org')
    const second = await connect(api(), user, 'second@example.org')
    expect((await patch(user, second, { is_default: true })).body['account']).toMatchObject({ is_default: true })
    expect((await listAccounts(api(), user)).map((account) => account.is_default)).toEqual([false, true])
  })

  it('an empty change changes nothing', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'same@example.org')
    expect((await patch(user, id, {})).body['account']).toMatchObject({ id, email: 'same@example.org' })
  })
})

describe('changed: servers and credentials', () => {
  it('verifies with the stored password where none is given, and keeps it', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'host@example.org')
    expect((await patch(user, id, { imap_host: 'imap2.example.org' })).status).toBe(200)
    expect(api().fake.calls.at(-1)).toEqual({
      imap: { host: 'imap2.example.org', port: 993, tls: 'implicit', username: 'host@example.org', password: 'the-password' },
      smtp: { host: 'smtp.example.org', port: 587, tls: 'starttls', username: 'host@example.org', password: 'the-password' },
    })
    expect(await openPasswords(id)).toEqual({ imap_password: 'the-password' })
  })

  it('replaces the password, clears the error and starts a sync', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'password@example.org')
    await dropJobs(id)
    await api().database.pool.query(
      `update account set sync_status = 'error', sync_error_code = 'imap.authentication_failed', sync_error_since = now(), sync_failures = 3
       where id = $1`,
      [id],
    )
    const { body } = await patch(user, id, { password: 'the-new-one' })
    expect(body['account']).toMatchObject({ id, sync_status: 'pending', sync_error: null })
    expect(await openPasswords(id)).toEqual({ imap_password: 'the-new-one' })
    expect(await jobs(id)).toHaveLength(1)
  })

  it('fences off the sync that runs with the old ones', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'fenced@example.org')
    await api().database.pool.query(
      `insert into sync_lease (account_id, holder, token, expires_at) values ($1, 'a worker', 5, now() + interval '1 hour')`,
      [id],
    )
    await patch(user, id, { password: 'the-new-one' })
    const { rows } = await api().database.pool.query('select token, expires_at <= now() as free from sync_lease where account_id = $1', [
      id,
    ])
    expect(rows).toEqual([{ token: '6', free: true }])
  })

  it.each([
    ['that was the same follows', {}, { username: 'new', password: 'new' }, { username: 'new', password: 'new' }],
    [
      'of its own stays',
      { smtp_username: 'relay', smtp_password: 'own' },
      { username: 'new', password: 'new' },
      { username: 'relay', password: 'own' },
    ],
    ['that is given counts', {}, { smtp_username: 'relay', smtp_password: 'own' }, { username: 'relay', password: 'own' }],
  ])('an SMTP login %s', async (_name, before, change, expected) => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'smtp@example.org', before)
    expect((await patch(user, id, change)).status).toBe(200)
    expect(api().fake.calls.at(-1)?.smtp).toMatchObject(expected)
  })

  it('an own SMTP password that becomes the same is not kept twice', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'twice@example.org', { smtp_password: 'own' })
    await patch(user, id, { smtp_password: 'the-password' })
    expect(await openPasswords(id)).toEqual({ imap_password: 'the-password' })
  })

  it('a new port brings its own TLS mode', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'port@example.org')
    expect((await patch(user, id, { smtp_port: 465 })).body['account']).toMatchObject({ smtp_port: 465, smtp_tls: 'implicit' })
  })

  it('a password that cannot be opened any more is replaced without being opened', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'lost@example.org')
    await api().database.pool.query(`update credential set sealed = decode('00', 'hex') where account_id = $1`, [id])
    const refused = await patch(user, id, { imap_host: 'imap2.example.org' })
    expect({ status: refused.status, code: refused.body['code'] }).toEqual({ status: 500, code: 'credentials.unreadable' })
    expect((await patch(user, id, { password: 'entered again' })).status).toBe(200)
    expect(await openPasswords(id)).toEqual({ imap_password: 'entered again' })
  })
})

describe('400: servers that cannot be verified', () => {
  it('leaves everything as it was', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'kept@example.org')
    api().fake.fail({ protocol: 'imap', stage: 'auth', code: 'imap.authentication_failed', hint: 'Check it.' })
    const { status, body } = await patch(user, id, { password: 'wrong', imap_host: 'other.example.org', name: 'Not this' })
    api().fake.fail()
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'imap.authentication_failed' })
    expect((await api().rest({ path: `/api/accounts/${id}`, headers: user.bearer })).body['account']).toMatchObject({
      imap_host: 'imap.example.org',
      name: null,
    })
    expect(await openPasswords(id)).toEqual({ imap_password: 'the-password' })
  })
})

describe('400 account.default_required', () => {
  it('the default cannot be given up, only moved', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'default@example.org')
    const { status, body } = await patch(user, id, { is_default: false })
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'account.default_required' })
  })

  it('of another account it is no default anyway', async () => {
    const user = await createTestUser()
    await connect(api(), user, 'default@example.org')
    const id = await connect(api(), user, 'other@example.org')
    expect((await patch(user, id, { is_default: false })).status).toBe(200)
  })
})

describe('409 account.changed_meanwhile', () => {
  it('of two changes verified at once, the second is refused', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'twice@example.org')
    const gate = Promise.withResolvers<void>()
    api().fake.hold(gate.promise)
    const first = patch(user, id, { password: 'one' })
    await expect.poll(() => api().fake.load.running).toBe(1)
    // Not by this API, whose verifications of one address queue up: by another process.
    await api().database.pool.query('update account set revision = revision + 1 where id = $1', [id])
    gate.resolve()
    const { status, body } = await first
    expect({ status, code: body['code'] }).toEqual({ status: 409, code: 'account.changed_meanwhile' })
    expect(await openPasswords(id)).toEqual({ imap_password: 'the-password' })
  })
})

describe('404 account.not_found', () => {
  it('for an account of another user, a disconnected one, and what is no id', async () => {
    const [owner, other] = [await createTestUser(), await createTestUser()]
    const id = await connect(api(), owner, 'mine@example.org')
    expect((await patch(other, id, { name: 'x' })).body['code']).toBe('account.not_found')
    expect((await patch(owner, 'no-id', { name: 'x' })).body['code']).toBe('account.not_found')
    await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: owner.bearer })
    expect((await patch(owner, id, { name: 'x' })).body['code']).toBe('account.not_found')
  })
})
