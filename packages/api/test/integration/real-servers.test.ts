import { createEgressPolicy, verifyMailServers } from '@maildock/mail'
import { createTestAuthority, startDovecot, startPostfix, useTestDatabase, type Dovecot, type Postfix } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectBody, listAccounts } from '../fixture/connect-body.ts'
import { startApi, type TestApi } from '../fixture/start-api.ts'
import { createTestUser } from '../fixture/test-user.ts'

const { connectionString } = useTestDatabase()
let dovecot: Dovecot
let postfix: Postfix
let api: TestApi

beforeAll(async () => {
  const authority = await createTestAuthority()
  const certificate = await authority.issue({ names: ['localhost', '127.0.0.1'] })
  dovecot = await startDovecot({ certificate })
  postfix = await startPostfix({ certificate, dovecot })
  const egress = createEgressPolicy({
    allowHosts: ['127.0.0.0/8', '::1/128'],
    allowPorts: [[1024, 65_535]],
    extraCa: [authority.caCertificate],
  })
  api = await startApi(connectionString, { egress, verify: verifyMailServers })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await postfix[Symbol.asyncDispose]()
  await dovecot[Symbol.asyncDispose]()
})

const body = (email: string, changes: Readonly<Record<string, unknown>> = {}) =>
  connectBody(email, {
    imap_host: 'localhost',
    imap_port: dovecot.imapsPort,
    imap_tls: 'implicit',
    smtp_host: 'localhost',
    smtp_port: postfix.submissionPort,
    smtp_tls: 'starttls',
    password: dovecot.password,
    ...changes,
  })

/** Each guess by a user of its own: it is the login that is protected. */
const guess = async () => {
  const user = await createTestUser()
  return await api.rest({
    method: 'POST',
    path: '/api/accounts',
    headers: user.bearer,
    body: body('victim@example.org', { password: 'guess' }),
  })
}

describe('Dovecot and Postfix', () => {
  it('are verified, and the account changed, disconnected and connected again', async () => {
    const user = await createTestUser()
    const connected = await api.rest({ method: 'POST', path: '/api/accounts', headers: user.bearer, body: body('real@example.org') })
    expect({ status: connected.status, body: connected.body }).toMatchObject({ status: 201, body: { account: { sync_status: 'pending' } } })
    const { id } = connected.body['account'] as { id: string }
    const path = `/api/accounts/${id}`
    const changed = await api.rest({
      method: 'PATCH',
      path,
      headers: user.bearer,
      body: { smtp_port: postfix.submissionsPort, smtp_tls: 'implicit' },
    })
    expect(changed.body['account']).toMatchObject({ id, smtp_port: postfix.submissionsPort, smtp_tls: 'implicit' })
    expect((await api.rest({ method: 'DELETE', path, headers: user.bearer })).body).toEqual({ success: true })
    const again = await api.rest({ method: 'POST', path: '/api/accounts', headers: user.bearer, body: body('real@example.org') })
    expect(again.body['account']).toMatchObject({ id })
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a wrong password', { password: 'wrong' }, { code: 'imap.authentication_failed', details: { protocol: 'imap', stage: 'auth' } }],
    [
      'a wrong SMTP password',
      { smtp_password: 'wrong' },
      { code: 'smtp.authentication_failed', details: { protocol: 'smtp', stage: 'auth' } },
    ],
    ['a name that is nowhere', { imap_host: 'nowhere.invalid' }, { code: 'host.not_found', details: { protocol: 'imap', stage: 'dns' } }],
    ['a private address', { smtp_host: '10.0.0.1' }, { code: 'host.not_allowed', details: { protocol: 'smtp' } }],
  ])('%s is told with its code, and nothing is stored', async (_name, changes, expected) => {
    const user = await createTestUser()
    const { status, body: answer } = await api.rest({
      method: 'POST',
      path: '/api/accounts',
      headers: user.bearer,
      body: body('refused@example.org', changes),
    })
    expect({ status, ...answer }).toMatchObject({ status: 400, success: false, ...expected })
    expect(JSON.stringify(answer)).not.toContain(dovecot.password)
    expect(await listAccounts(api, user)).toEqual([])
  })

  it('bounds how often one login may fail, whoever tries it', async () => {
    const codes: unknown[] = []
    while (codes.length < 50 && codes.at(-1) !== 'rate.limited') codes.push((await guess()).body['code'])
    expect(codes).toEqual([...Array.from({ length: 30 }, () => 'imap.authentication_failed'), 'rate.limited'])
    const { status, headers, body: answer } = await guess()
    expect({ status, told: String(answer['retry_after']) }).toEqual({ status: 429, told: headers.get('retry-after') })
  })
})
