import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectBody } from '../fixture/connect-body.ts'
import { startApi, type TestApi } from '../fixture/start-api.ts'
import { createTestUser } from '../fixture/test-user.ts'

const { connectionString } = useTestDatabase()
let api: TestApi
beforeAll(async () => {
  api = await startApi(connectionString)
})
afterAll(async () => await api[Symbol.asyncDispose]())

describe('connected', () => {
  it('answers exactly what the contract shows', async () => {
    const user = await createTestUser()
    const { status, headers, body } = await api.rest({
      method: 'POST',
      path: '/api/accounts',
      headers: user.cookie,
      body: connectBody('hello@example.org', { name: 'Hello' }),
    })
    expect({ status, body }).toEqual({
      status: 201,
      body: { success: true, account: { id: expect.any(String), email: 'hello@example.org', sync_status: 'pending' } },
    })
    const { id } = body['account'] as { id: string }
    expect(headers.get('location')).toBe(`/api/accounts/${id}`)
    const list = await api.rest({ path: '/api/accounts', headers: user.cookie })
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
})
