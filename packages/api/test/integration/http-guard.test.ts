import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { connectBody, listAccounts } from '../fixture/connect-body.ts'
import { sendRaw } from '../fixture/raw-http.ts'
import { PUBLIC_URL } from '../fixture/start-api.ts'
import { createTestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u

/** Every write: by its REST route, and by its procedure. */
const WRITES = [
  ['POST', '/api/accounts'],
  ['PATCH', '/api/accounts/x'],
  ['DELETE', '/api/accounts/x'],
  ['POST', '/api/sync'],
  ['POST', '/api/campaigns/report'],
  ['POST', '/api/session/sign-in'],
  ['POST', '/api/session/sign-up'],
  ['POST', '/api/session/sign-out'],
  ['POST', '/api/session/password'],
  ['DELETE', '/api/session/x'],
  ['POST', '/api/trpc/accounts.connect'],
  ['POST', '/api/trpc/accounts.disconnect'],
  ['POST', '/api/trpc/session.signOut'],
  ['POST', '/api/trpc/sync.run'],
] as const

const codeOf = (body: Readonly<Record<string, unknown>>): unknown => {
  const error = body['error'] as { json?: { data?: { maildock?: { code?: string } } } } | string | undefined
  return typeof error === 'object' ? error.json?.data?.maildock?.code : body['code']
}

describe.each(WRITES)('%s %s', (method, path) => {
  it.each([
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['an Origin that hides itself', { origin: 'null' }],
    ['an Origin that begins like ours', { origin: `${PUBLIC_URL}.evil.example` }],
    ['a foreign site without Origin', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site without Origin', { 'sec-fetch-site': 'same-site' }],
    ['a foreign Origin behind Basic credentials, which browsers repeat', { origin: 'https://evil.example', authorization: 'Basic dTpw' }],
  ])('S32: refuses %s', async (_name, headers) => {
    const user = await createTestUser()
    const { status, body } = await api().rest({ method, path, headers: { ...user.cookie, ...headers }, body: {} })
    expect({ status, code: codeOf(body) }).toEqual({ status: 403, code: 'request.origin_not_allowed' })
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/octet-stream',
  ])('S31: refuses a body of type %s', async (type) => {
    const user = await createTestUser()
    const { status, body } = await api().rest({ method, path, headers: { ...user.cookie, 'content-type': type }, body: '{}' })
    expect({ status, code: codeOf(body) }).toEqual({ status: 415, code: 'request.unsupported_media_type' })
  })

  it('H9: refuses a packed body instead of unpacking it', async () => {
    const user = await createTestUser()
    const response = await fetch(`${api().url}${path}`, {
      method,
      headers: { ...user.cookie, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(10_000_000, 0x20)),
    })
    expect(response.status).toBe(415)
    expect(codeOf((await response.json()) as Record<string, unknown>)).toBe('request.unsupported_media_type')
  })

  it('H9: refuses a large body', async () => {
    const user = await createTestUser()
    const { status, body } = await api().rest({ method, path, headers: user.cookie, body: { email: 'x'.repeat(300_000) } })
    expect({ status, code: codeOf(body) }).toEqual({ status: 413, code: 'request.too_large' })
  })
})

describe('a write', () => {
  it.each([
    ['our own page', { origin: PUBLIC_URL }],
    ['an allowed page', { origin: 'https://dashboard.test' }],
    ['the same origin under another name, as the browser says', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }],
    ['a program', {}],
    ['a person, by hand', { 'sec-fetch-site': 'none' }],
  ])('is let through from %s', async (_name, headers) => {
    const user = await createTestUser()
    const { status } = await api().rest({ method: 'DELETE', path: '/api/accounts/x', headers: { ...user.cookie, ...headers } })
    expect(status).toBe(404)
  })

  it('is let through from a page of the very host that is asked, whatever it calls itself', async () => {
    const user = await createTestUser()
    const { status } = await api().rest({ method: 'DELETE', path: '/api/accounts/x', headers: { ...user.cookie, origin: api().url } })
    expect(status).toBe(404)
  })

  it('is let through from anywhere with a token of its own: no other site can set that header', async () => {
    const user = await createTestUser()
    const { status } = await api().rest({
      method: 'DELETE',
      path: '/api/accounts/x',
      headers: { ...user.bearer, origin: 'https://evil.example' },
    })
    expect(status).toBe(404)
  })

  it.each(['x-http-method-override', 'x-method-override', 'x-http-method'])('S34: is not made of a GET by %s', async (name) => {
    const user = await createTestUser()
    const { status, body } = await api().rest({ path: '/api/accounts?_method=POST', headers: { ...user.cookie, [name]: 'DELETE' } })
    expect({ status, accounts: body['accounts'] }).toEqual({ status: 200, accounts: [] })
    const { status: refused } = await api().rest({
      path: '/api/trpc/accounts.disconnect?input=%7B%7D',
      headers: { ...user.cookie, [name]: 'POST' },
    })
    expect(refused).toBe(405)
  })
})

describe('the body of a write', () => {
  it.each([
    ['no JSON', '{"email":'],
    ['nothing', ''],
    ['a list', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['a text', '"email"'],
    ['lists 100 000 deep', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['bytes that are no text', '\u0000\u0001'],
  ])('%s is malformed', async (_name, body) => {
    const user = await createTestUser()
    const answer = await api().rest({
      method: 'POST',
      path: '/api/accounts',
      headers: { ...user.bearer, 'content-type': 'application/json' },
      body,
    })
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code: 'request.malformed' })
  })

  it.each([
    ['objects 40 000 deep', '{"email":'.repeat(20_000) + '1' + '}'.repeat(20_000)],
    ['10 000 unknown keys', JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, index])))],
  ])('H9: %s are not valid, told quickly and briefly', async (_name, body) => {
    const user = await createTestUser()
    const answer = await api().rest({
      method: 'POST',
      path: '/api/accounts',
      headers: { ...user.bearer, 'content-type': 'application/json' },
      body,
    })
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code: 'validation.failed' })
    expect(answer.text.length).toBeLessThan(10_000)
  })

  it('of a key that stands twice the last one counts', async () => {
    const user = await createTestUser()
    const good = JSON.stringify(connectBody('last@example.org'))
    const body = good.replace('{', '{"email":"first@example.org",')
    const answer = await api().rest({
      method: 'POST',
      path: '/api/accounts',
      headers: { ...user.bearer, 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBe(201)
    expect((await listAccounts(api(), user)).map(({ email }) => email)).toEqual(['last@example.org'])
  })

  it.each(['__proto__', 'constructor', 'prototype'])('S46: a key %s is unknown, and changes nothing', async (key) => {
    const user = await createTestUser()
    const before = Object.getOwnPropertyNames(Object.prototype)
    const body = JSON.stringify(connectBody('proto@example.org')).replace('{', `{"${key}":{"isDefault":true,"polluted":true},`)
    const answer = await api().rest({
      method: 'POST',
      path: '/api/accounts',
      headers: { ...user.bearer, 'content-type': 'application/json' },
      body,
    })
    expect(answer.status).toBe(400)
    expect(Object.hasOwn((answer.body['details'] as { fieldErrors: object }).fieldErrors, key)).toBe(true)
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect('polluted' in {}).toBe(false)
  })

  it('is not looked at before the session', async () => {
    const answer = await api().rest({
      method: 'POST',
      path: '/api/accounts',
      headers: { 'content-type': 'application/json' },
      body: '{"email":',
    })
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 401, code: 'session.missing' })
  })
})

describe('an address that is none', () => {
  it.each([
    '/api',
    '/api/',
    '/api/account',
    '/api/accounts/x/y',
    '/api/Accounts',
    '/api/docs/../accounts.json',
    '/nothing',
    '/api/docs/absolute-path.js',
  ])('%s is 404 in the envelope', async (path) => {
    const { status, body, headers } = await api().rest({ path })
    expect({ status, body }).toEqual({
      status: 404,
      body: { success: false, error: expect.any(String), code: 'route.not_found', request_id: headers.get('x-request-id') },
    })
    expect(headers.get('x-request-id')).toMatch(UUID)
  })

  it('that cannot be decoded is malformed', async () => {
    const { status, body } = await api().rest({ path: '/api/accounts/%zz' })
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'request.malformed' })
  })

  it.each([
    ['/api/accounts', 'GET, POST, HEAD'],
    ['/api/accounts/x', 'DELETE, GET, PATCH, HEAD'],
    ['/api/session/sign-in', 'POST'],
  ])('%s answers another method with 405 and Allow', async (path, allow) => {
    const { status, body, headers } = await api().rest({ method: 'PUT', path })
    expect({ status, code: body['code'], allow: headers.get('allow') }).toEqual({ status: 405, code: 'route.method_not_allowed', allow })
  })
})

describe('every answer', () => {
  it.each(['/api/accounts', '/api/trpc/accounts.list', '/api/trpc/no.such', '/api/openapi.json', '/healthz', '/nothing'])(
    'of %s names its request and trusts nobody',
    async (path) => {
      const { headers } = await api().rest({ path, headers: { 'x-request-id': 'mine' } })
      expect(headers.get('x-request-id')).toMatch(UUID)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  it('of the API is kept by nobody', async () => {
    const user = await createTestUser()
    expect((await api().rest({ path: '/api/accounts', headers: user.cookie })).headers.get('cache-control')).toBe('no-store')
    expect((await api().trpc({ path: 'accounts.list', headers: user.cookie })).headers.get('cache-control')).toBe('no-store')
  })

  it('to octets that are no HTTP is a short refusal', async () => {
    expect(await sendRaw(api().url, 'EHLO maildock\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /u)
  })
})
