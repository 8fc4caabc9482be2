import { MaildockError, type Logger } from '@maildock/core'
import { findSecretsInDatabase, listSecretForms, rememberSecret, useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectBody } from '../fixture/connect-body.ts'
import { startApi, type TestApi } from '../fixture/start-api.ts'
import { createTestUser } from '../fixture/test-user.ts'

const { connectionString } = useTestDatabase()
const PASSWORD = rememberSecret('canary of the api tests: 5f3a9c')
const lines: string[] = []
const note = (fields: object, message: string): void => {
  const err = 'err' in fields && fields.err instanceof Error ? `${fields.err.stack} ${String(fields.err.cause)}` : ''
  lines.push(`${message} ${JSON.stringify(fields)} ${err}`)
}
const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger }
let api: TestApi
beforeAll(async () => {
  api = await startApi(connectionString, { logger })
})
afterAll(async () => await api[Symbol.asyncDispose]())

describe('a password', () => {
  it('stands nowhere but in the vault: not in answers, logs, jobs or rows (C)', async () => {
    const user = await createTestUser()
    const call = async (method: string, path: string, body: unknown) => await api.rest({ method, path, headers: user.bearer, body })
    const connected = await call(
      'POST',
      '/api/accounts',
      connectBody('canary@example.org', { password: PASSWORD, smtp_password: `${PASSWORD} own` }),
    )
    const { id } = connected.body['account'] as { id: string }
    const answers = [connected]
    api.fake.fail({ protocol: 'imap', stage: 'auth', code: 'imap.authentication_failed', hint: 'Check it.' })
    answers.push(await call('PATCH', `/api/accounts/${id}`, { password: `${PASSWORD} wrong` }))
    api.fake.fail()
    api.fake.throwOnce(new Error('broken', { cause: new MaildockError('internal.error') }))
    answers.push(await call('PATCH', `/api/accounts/${id}`, { password: PASSWORD }))
    answers.push(await call('POST', '/api/accounts', connectBody('canary@example.org', { password: `${PASSWORD}\n` })))
    answers.push(await call('POST', '/api/accounts', `{"password": "${PASSWORD}`))
    answers.push(await call('PATCH', `/api/accounts/${id}`, { imap_port: 143 }))
    expect(answers.map(({ status }) => status)).toEqual([201, 400, 500, 400, 400, 200])
    expect(answers.map(({ text }) => text).join('\n')).not.toContain('canary of')
    expect(lines.join('\n')).toContain('internal.error')
    expect(lines.join('\n')).not.toContain('canary of')
    expect(await findSecretsInDatabase(connectionString, listSecretForms(PASSWORD))).toEqual([])
  })
})

describe('an API key', () => {
  it('stands in the answer that tells it, and nowhere else: not in logs, lists or rows', async () => {
    const user = await createTestUser()
    const created = await api.rest({ method: 'POST', path: '/api/v1/keys', headers: user.bearer, body: { name: 'Canary' } })
    const key = rememberSecret(String(created.body['key']))
    const headers = { authorization: `Bearer ${key}` }
    const answers = [
      await api.rest({ path: '/api/v1/keys', headers: user.bearer }),
      await api.rest({ path: '/api/v1/keys', headers }),
      await api.rest({ method: 'DELETE', path: `/api/v1/keys?id=${key}`, headers: user.bearer }),
      await api.rest({ method: 'POST', path: '/api/v1/keys', headers: user.bearer, body: { name: key, scopes: [key] } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 400])
    expect(answers.map(({ text }) => text).join('\n')).not.toContain(key.slice(12))
    expect(lines.join('\n')).toContain('key.not_found')
    expect(lines.join('\n')).not.toContain(key.slice(12))
    expect(await findSecretsInDatabase(connectionString, listSecretForms(key))).toEqual([])
  })
})
