import { describe, expect, it } from 'vitest'
import { SuperJSON } from 'superjson'
import { MAX_BATCH_SIZE } from '../../src/index.ts'
import { connect } from '../fixture/connect-body.ts'
import { createTestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'

const api = apiForFile()

const raw = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${api().url}/api/trpc/${path}`, init)
  const body = (await response.json()) as { error: { json: { message: string; data: { code: string; maildock: { code: string } } } } }
  return {
    status: response.status,
    allow: response.headers.get('allow'),
    requestId: response.headers.get('x-request-id'),
    error: body.error.json,
  }
}

describe('a call that went well', () => {
  it('has real dates', async () => {
    const user = await createTestUser()
    await connect(api(), user, 'dates@example.org')
    const { data } = await api().trpc({ path: 'accounts.list', headers: user.cookie })
    expect(data).toMatchObject([{ email: 'dates@example.org', createdAt: expect.any(Date), lastSyncedAt: null }])
  })
})

describe('a call that is refused', () => {
  it('tells code, sentence and request id, and nothing of the inside', async () => {
    const { status, headers, error } = await api().trpc({ path: 'accounts.list' })
    expect({ status, error }).toEqual({
      status: 401,
      error: {
        message: 'Sign in first.',
        code: -32001,
        data: {
          code: 'UNAUTHORIZED',
          httpStatus: 401,
          path: 'accounts.list',
          maildock: { code: 'session.missing', requestId: headers.get('x-request-id') },
        },
      },
    })
  })

  it.each([
    ['an unknown procedure', 'no.such', {}, 404, 'route.not_found'],
    ['a name from the prototype', '__proto__', {}, 404, 'route.not_found'],
    ['a mutation by GET', 'accounts.connect', {}, 405, 'route.method_not_allowed'],
    [
      'a query by POST',
      'accounts.list',
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
      405,
      'route.method_not_allowed',
    ],
    ['no content type', 'accounts.connect', { method: 'POST' }, 415, 'request.unsupported_media_type'],
    ['a path that cannot be decoded', '%zz', {}, 400, 'request.malformed'],
  ] as const)('%s', async (_name, path, init, status, code) => {
    const answer = await raw(path, init)
    expect({ status: answer.status, code: answer.error.data.maildock.code }).toEqual({ status, code })
    expect(answer.error.data.maildock).toMatchObject({ requestId: answer.requestId })
    expect(JSON.stringify(answer.error)).not.toContain('node_modules')
  })

  it.each([
    ['accounts.connect', 'GET', 'POST'],
    ['accounts.list', 'POST', 'GET'],
  ])('405: %s by %s names what is allowed', async (path, method, allow) => {
    const json = { method, body: '{}', headers: { 'content-type': 'application/json' } }
    const answer = await raw(path, method === 'GET' ? {} : json)
    expect({ status: answer.status, allow: answer.allow }).toEqual({ status: 405, allow })
  })

  it.each(['{"json":', '[[', ''])('input that is no JSON: %s', async (body) => {
    const user = await createTestUser()
    const answer = await raw('accounts.connect', { method: 'POST', body, headers: { ...user.cookie, 'content-type': 'application/json' } })
    expect({ status: answer.status, code: answer.error.data.maildock.code }).toEqual({ status: 400, code: 'request.malformed' })
  })

  it('H11: a batch beyond the limit', async () => {
    const answer = await raw(`${Array.from({ length: MAX_BATCH_SIZE + 1 }, () => 'accounts.list').join(',')}?batch=1`)
    expect({ status: answer.status, code: answer.error.data.maildock.code }).toEqual({ status: 400, code: 'request.malformed' })
    const many = await raw(`${Array.from({ length: 1_000 }, () => 'a.b').join(',')}?batch=1`)
    expect(many.status).toBe(400)
  })

  it('S26: every call of a batch is checked by itself', async () => {
    const [owner, other] = [await createTestUser(), await createTestUser()]
    const mine = await connect(api(), other, 'mine@example.org')
    const foreign = await connect(api(), owner, 'foreign@example.org')
    const input = encodeURIComponent(JSON.stringify({ 0: SuperJSON.serialize({ id: mine }), 1: SuperJSON.serialize({ id: foreign }) }))
    const response = await fetch(`${api().url}/api/trpc/accounts.get,accounts.get?batch=1&input=${input}`, { headers: other.cookie })
    const [first, second] = (await response.json()) as [object, { error: { json: { data: { maildock: { code: string } } } } }]
    expect(response.status).toBe(207)
    expect(first).toMatchObject({ result: { data: { json: { id: mine } } } })
    expect(second.error.json.data.maildock.code).toBe('account.not_found')
  })
})

describe('S47: types that superjson can make', () => {
  it.each([
    ['a regular expression', /(a+)+$/u],
    ['a big number', 10n ** 100n],
    ['a map', new Map([['not', '']])],
    ['a set', new Set(['x'])],
    ['a date', new Date(0)],
    ['a URL', new URL('http://example.org')],
    ['an error', new Error('x')],
    ['not a number', Number.NaN],
    ['undefined', undefined],
    ['null', null],
    ['an object of Prisma', { not: '' }],
    ['a list', ['x']],
  ])('%s is no id', async (_name, id) => {
    const user = await createTestUser()
    await connect(api(), user, 'kept@example.org')
    const { status, error } = await api().trpc({ path: 'accounts.disconnect', type: 'mutation', input: { id }, headers: user.cookie })
    expect({ status, error: error?.data }).toMatchObject({
      status: 400,
      error: { maildock: { code: 'validation.failed', details: { fieldErrors: { id: [expect.any(String)] } } } },
    })
    const { data } = await api().trpc({ path: 'accounts.list', headers: user.cookie })
    expect(data).toHaveLength(1)
  })

  it.each(['__proto__', 'constructor', 'prototype'])('S46: a path through %s is refused', async (key) => {
    const user = await createTestUser()
    const body = JSON.stringify({ json: { id: 'x' }, meta: { values: { [`${key}.polluted`]: ['undefined'] } } })
    const answer = await raw('accounts.disconnect', {
      method: 'POST',
      body,
      headers: { ...user.cookie, 'content-type': 'application/json' },
    })
    expect({ status: answer.status, code: answer.error.data.maildock.code }).toEqual({ status: 400, code: 'request.malformed' })
    expect('polluted' in {}).toBe(false)
  })
})
