import { randomUUID } from 'node:crypto'
import { publishLiveNotice } from '@maildock/db'
import { describe, expect, it } from 'vitest'
import { connect } from '../fixture/connect-body.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const run = async (user: TestUser, body?: unknown) => await api().rest({ method: 'POST', path: '/api/sync', headers: user.bearer, body })
const countJobs = async (id: string): Promise<number> =>
  (await api().database.pool.query('select 1 from graphile_worker.jobs where key = $1', [`sync:${id}`])).rows.length
const dropJob = async (id: string) => await api().database.pool.query('select graphile_worker.remove_job($1)', [`sync:${id}`])

/** Does what a worker does, as far as it is seen from here: waits for the job, takes it, writes the outcome, tells it. */
async function playWorker(user: TestUser, id: string, outcome: string): Promise<void> {
  await expect.poll(async () => await countJobs(id), { timeout: 10_000 }).toBe(1)
  await dropJob(id)
  await api().database.pool.query(`update account set ${outcome} where id = $1`, [id])
  await publishLiveNotice(api().database.pool, { kind: 'account', userId: user.id, accountId: id })
}

describe('synced', () => {
  it('waits for the run and tells what it brought', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'sync@example.org')
    await dropJob(id)
    const [{ status, body }] = await Promise.all([
      run(user),
      playWorker(user, id, `sync_status = 'synced', last_synced_at = now(), last_new_messages = 5`),
    ])
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        success: true,
        accountId: id,
        status: 'synced',
        newMessages: 5,
        syncedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u),
      },
    })
  })

  it('of the account that is named', async () => {
    const user = await createTestUser()
    await connect(api(), user, 'default@example.org')
    const id = await connect(api(), user, 'named@example.org')
    await dropJob(id)
    const [{ body }] = await Promise.all([run(user, { account_id: id }), playWorker(user, id, 'last_synced_at = now()')])
    expect(body).toMatchObject({ accountId: id, status: 'synced' })
  })
})

describe('queued: the previous result', () => {
  it('inside 30 seconds, and of parallel calls all but one', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'window@example.org')
    await dropJob(id)
    const calls = Array.from({ length: 10 }, async () => await run(user))
    await playWorker(user, id, `sync_status = 'synced', last_synced_at = now(), last_new_messages = 2`)
    const statuses = (await Promise.all(calls)).map(({ body }) => body['status'])
    expect(statuses.filter((status) => status === 'synced')).toHaveLength(1)
    expect(statuses.filter((status) => status === 'queued')).toHaveLength(9)
    const { body } = await run(user)
    expect(body).toMatchObject({ status: 'queued', newMessages: 2, syncedAt: expect.any(String) })
    // One run follows, when the window is over.
    const { rows } = await api().database.pool.query<{ wait: string }>(
      `select extract(epoch from job.run_at - account.last_sync_started_at)::float8 as wait
       from graphile_worker.jobs as job, account where job.key = $1 and account.id = $2`,
      [`sync:${id}`, id],
    )
    expect(rows).toEqual([{ wait: 30 }])
  })

  it('and does not put off a run that waits already', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'waiting@example.org')
    await api().database.pool.query('update account set last_sync_started_at = now() where id = $1', [id])
    expect(await run(user)).toMatchObject({ body: { status: 'queued' } })
    const { rows } = await api().database.pool.query('select 1 from graphile_worker.jobs where key = $1 and run_at <= now()', [
      `sync:${id}`,
    ])
    expect(rows).toHaveLength(1)
  })

  it('while a run is in progress', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'busy@example.org')
    await api().database.pool.query(`update account set sync_status = 'syncing' where id = $1`, [id])
    const { body } = await run(user)
    expect(body).toEqual({ success: true, accountId: id, status: 'queued', newMessages: 0, syncedAt: null })
  })

  it('when the run is put off by a passing failure', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'later@example.org')
    await dropJob(id)
    const [{ status, body }] = await Promise.all([
      run(user),
      playWorker(user, id, `sync_failures = 1, sync_error_code = 'host.timeout', sync_error_since = now()`),
    ])
    expect({ status, told: body['status'] }).toEqual({ status: 200, told: 'queued' })
  })
})

describe('refused', () => {
  it('at once, with the reason, when the account is not tried any more until it is changed', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'stopped@example.org')
    await dropJob(id)
    const stopped = `sync_status = 'error', sync_error_code = 'imap.authentication_failed', sync_error_since = now(), next_attempt_at = null`
    await api().database.pool.query(`update account set ${stopped} where id = $1`, [id])
    const { status, body } = await run(user)
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'imap.authentication_failed' })
    expect(await countJobs(id)).toBe(0)
  })

  it('with the reason when the run fails for good', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'wrong@example.org')
    await dropJob(id)
    const [{ status, body }] = await Promise.all([
      run(user),
      playWorker(
        user,
        id,
        `sync_status = 'error', sync_failures = 1, sync_error_code = 'imap.authentication_failed', sync_error_since = now()`,
      ),
    ])
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'imap.authentication_failed' })
  })

  it('404 without an account, for a foreign one, and for what is no id', async () => {
    const [user, other] = [await createTestUser(), await createTestUser()]
    const foreign = await connect(api(), other, 'foreign@example.org')
    for (const body of [undefined, { account_id: foreign }, { account_id: randomUUID() }, { account_id: 'x' }]) {
      const { status, body: answer } = await run(user, body)
      expect({ status, code: answer['code'] }).toEqual({ status: 404, code: 'account.not_found' })
    }
  })
})

describe('the overview', () => {
  it.each([
    ['pending', 'idle'],
    ['syncing', 'syncing'],
    ['synced', 'idle'],
    ['error', 'failed'],
  ])('calls %s %s', async (status, told) => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'overview@example.org')
    await api().database.pool.query(
      `update account set sync_status = $2, last_new_messages = 3, last_synced_at = '2026-01-15T10:00:00.5Z' where id = $1`,
      [id, status],
    )
    const { body } = await api().rest({ path: '/api/sync', headers: user.bearer })
    expect(body).toEqual({
      success: true,
      accounts: [{ id, email: 'overview@example.org', lastSyncAt: '2026-01-15T10:00:00Z', syncStatus: told, newMessageCount: 3 }],
    })
  })
})
