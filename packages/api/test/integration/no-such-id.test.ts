import { describe, expect, it } from 'vitest'
import { connect } from '../fixture/connect-body.ts'
import { createTestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()

/** Every route that an account's id names, with what else it needs. */
const OF_ACCOUNT = [
  ['GET', (id: string) => `/api/accounts/${id}`, undefined],
  ['PATCH', (id: string) => `/api/accounts/${id}`, { name: 'Ada' }],
  ['DELETE', (id: string) => `/api/accounts/${id}`, undefined],
  ['GET', (id: string) => `/api/accounts/${id}/mailboxes`, undefined],
  ['PATCH', (id: string) => `/api/accounts/${id}/mailboxes/x`, { synced: false }],
  ['GET', (id: string) => `/api/accounts/${id}/messages`, undefined],
  ['GET', (id: string) => `/api/accounts/${id}/messages/x`, undefined],
] as const

/** Whatever it is and however long: an id that is no UUID names nothing. It is not the caller's spelling that is judged. */
describe.each(['x', 'x'.repeat(101), 'x'.repeat(5_000), '550e8400-e29b-41d4-a716-446655440000-'])('404 for the id %.40s', (id) => {
  it.each(OF_ACCOUNT)('%s %o', async (method, toPath, body) => {
    const user = await createTestUser()
    const answer = await api().rest({ method, path: toPath(id), headers: user.bearer, body })
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 404, code: 'account.not_found' })
  })

  it('POST /api/sync', async () => {
    const user = await createTestUser()
    const answer = await api().rest({ method: 'POST', path: '/api/sync', headers: user.bearer, body: { account_id: id } })
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 404, code: 'account.not_found' })
  })

  it('of a message or a mailbox of a good account', async () => {
    const user = await createTestUser()
    const account = await connect(api(), user, 'good@example.org')
    const message = await api().rest({ path: `/api/accounts/${account}/messages/${id}`, headers: user.bearer })
    expect({ status: message.status, code: message.body['code'] }).toEqual({ status: 404, code: 'message.not_found' })
    const mailbox = await api().rest({ path: `/api/accounts/${account}/messages?mailbox_id=${id}`, headers: user.bearer })
    expect({ status: mailbox.status, code: mailbox.body['code'] }).toEqual({ status: 404, code: 'mailbox.not_found' })
  })
})
