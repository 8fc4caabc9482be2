import { describe, expect, it } from 'vitest'
import { connect, connectBody } from '../fixture/connect-body.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const patch = async (user: TestUser, id: string, body: unknown) =>
  await api().rest({ method: 'PATCH', path: `/api/accounts/${id}`, headers: user.bearer, body })
const read = async (user: TestUser, id: string): Promise<unknown> =>
  ((await api().rest({ path: `/api/accounts/${id}`, headers: user.bearer })).body['account'] as Record<string, unknown>)['sync_from']
const jobs = async (id: string): Promise<unknown[]> =>
  (await api().database.pool.query('select 1 from graphile_worker.jobs where key = $1', [`sync:${id}`])).rows
const dropJobs = async (id: string) => await api().database.pool.query('select graphile_worker.remove_job($1)', [`sync:${id}`])

describe('connected with a window', () => {
  it.each([
    ['a day', { sync_from: '2026-01-15' }, '2026-01-15T00:00:00Z'],
    ['a moment', { sync_from: '2026-01-15T09:30:00+02:00' }, '2026-01-15T07:30:00Z'],
    ['everything', { sync_from: null }, null],
    ['nothing said', {}, null],
  ])('%s', async (_what, body, expected) => {
    const user = await createTestUser()
    expect(await read(user, await connect(api(), user, 'window@example.org', body))).toBe(expected)
  })

  it.each(['yesterday', '2026-02-30', '9999-01-01', '1969-12-31', 20_260_115, ''])('400 validation.failed: %j', async (value) => {
    const user = await createTestUser()
    const body = connectBody('bad@example.org', { sync_from: value })
    const { status, body: answer } = await api().rest({ method: 'POST', path: '/api/accounts', headers: user.bearer, body })
    expect({ status, code: answer['code'], details: answer['details'] }).toEqual({
      status: 400,
      code: 'validation.failed',
      details: { fieldErrors: { sync_from: [expect.any(String)] }, formErrors: [] },
    })
  })

  it.each([
    ['keeps its window when none is given', {}, '2026-01-15T00:00:00Z'],
    ['takes the one that is', { sync_from: '2025-01-01' }, '2025-01-01T00:00:00Z'],
    ['has everything where that is said', { sync_from: null }, null],
  ])('and connected again it %s', async (_what, body, expected) => {
    const user = await createTestUser()
    await connect(api(), user, 'first@example.org')
    const id = await connect(api(), user, 'again@example.org', { sync_from: '2026-01-15' })
    await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: user.bearer })
    expect(await connect(api(), user, 'again@example.org', body)).toBe(id)
    expect(await read(user, id)).toBe(expected)
  })
})

describe('changed: the window', () => {
  it.each([
    ['earlier', '2026-01-15', '2025-01-01', 1],
    ['to everything', '2026-01-15', null, 1],
    ['later: nothing is to be fetched', '2025-01-01', '2026-01-15', 0],
    ['from everything', null, '2026-01-15', 0],
    ['to what it is', '2026-01-15', '2026-01-15', 0],
  ])('%s', async (_what, before, after, enqueued) => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'window@example.org', { sync_from: before })
    await dropJobs(id)
    const calls = api().fake.calls.length
    const { status, body } = await patch(user, id, { sync_from: after })
    expect({ status, account: body['account'] }).toMatchObject({
      status: 200,
      account: { id, sync_from: after === null ? null : `${after}T00:00:00Z` },
    })
    expect(await jobs(id)).toHaveLength(enqueued)
    expect(api().fake.calls).toHaveLength(calls)
  })

  it('stays when it is not named', async () => {
    const user = await createTestUser()
    const id = await connect(api(), user, 'stays@example.org', { sync_from: '2026-01-15' })
    await patch(user, id, { name: 'Other' })
    await patch(user, id, { password: 'another' })
    expect(await read(user, id)).toBe('2026-01-15T00:00:00Z')
  })
})
