import { beforeAll, describe, expect, it } from 'vitest'
import { connectBody, listAccounts } from '../fixture/connect-body.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
let user: TestUser
beforeAll(async () => {
  user = await createTestUser()
})

const post = async (changes: Readonly<Record<string, unknown>>) =>
  await api().rest({ method: 'POST', path: '/api/accounts', headers: user.bearer, body: connectBody('input@example.org', changes) })

describe('refused before any server is asked', () => {
  it.each<[string, unknown]>([
    ['email', ''],
    ['email', 'no address'],
    ['email', 'a@b@c'],
    ['email', 'a b@example.org'],
    ['email', `${'a'.repeat(250)}@example.org`],
    ['email', 'a@example.org\r\nRCPT TO:<x@y>'],
    ['email', 'a@example.org\r\n'],
    ['email', 'a\u0000@example.org'],
    ['email', 'a\ud800@example.org'],
    ['email', 42],
    ['email', null],
    ['email', ['a@example.org']],
    ['email', { not: '' }],
    ['name', 'x'.repeat(201)],
    ['name', 'Line\nbreak'],
    ['name', 'Line break behind\r\n'],
    ['name', 7],
    ['imap_host', ''],
    ['imap_host', 'a'.repeat(300)],
    ['imap_host', 'imap.example.org\r\nX'],
    ['imap_host', 'imap.example.org\r\n'],
    ['imap_host', 'imap.example.org/path'],
    ['imap_host', 'user@imap.example.org'],
    ['imap_host', 'imap example'],
    ['imap_host', '\u0000'],
    ['imap_port', 0],
    ['imap_port', -1],
    ['imap_port', 70_000],
    ['imap_port', 993.5],
    ['imap_port', '993'],
    ['imap_port', null],
    ['imap_port', true],
    ['imap_tls', 'none'],
    ['smtp_tls', ''],
    ['username', ''],
    ['username', 'x'.repeat(321)],
    ['username', 'a\r\nb'],
    ['password', ''],
    ['password', 'x'.repeat(1_025)],
    ['password', 'a\nb'],
    ['password', '\ud800'],
    ['smtp_password', ''],
    ['nonsense', 1],
  ])('%s: %j', async (field, value) => {
    const calls = api().fake.calls.length
    const { status, body } = await post({ [field]: value })
    expect({ status, code: body['code'], details: body['details'] }).toEqual({
      status: 400,
      code: 'validation.failed',
      details: { fieldErrors: { [field]: [expect.stringMatching(/\.$/u)] }, formErrors: [] },
    })
    expect(api().fake.calls).toHaveLength(calls)
  })

  it.each(['email', 'imap_host', 'imap_port', 'smtp_host', 'smtp_port', 'username', 'password'])('without %s', async (field) => {
    const { status, body } = await post({ [field]: undefined })
    expect({ status, details: body['details'] }).toEqual({
      status: 400,
      details: { fieldErrors: { [field]: ['This field is required.'] }, formErrors: [] },
    })
  })

  it('of a wrong value no word is repeated', async () => {
    const { text } = await post({ password: 'hunter2\n', imap_port: 'hunter2' })
    expect(text).not.toContain('hunter2')
  })
})

describe('accepted, and handed on as typed', () => {
  it.each(['unicode@exämple.org', 'grüße@example.org', '"quoted local"@example.org', 'plus+tag@example.org'])(
    'email: %s',
    async (email) => {
      user = await createTestUser()
      expect((await post({ email })).status).toBe(201)
      expect((await listAccounts(api(), user))[0]?.email).toBe(email)
    },
  )

  it.each([
    ['host', 'imap_host', 'imap.exämple.org'],
    ['host', 'imap_host', '[::1]'],
    ['host', 'imap_host', '0x7f.1'],
    ['password', 'password', 'pässwörd 密码 🔑'],
    ['password', 'password', `"quotes" 'and' \\backslashes\\`],
    ['password', 'password', 'x'.repeat(1_000)],
    ['password', 'password', ' spaces around '],
    ['username', 'username', 'DOMAIN\\user'],
  ] as const)('%s, as %s: %s', async (name, field, value) => {
    user = await createTestUser()
    expect((await post({ [field]: value })).status).toBe(201)
    expect(api().fake.calls.at(-1)?.imap[name]).toBe(value)
  })
})
