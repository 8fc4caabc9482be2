import { ERROR_CODES } from '@maildock/core'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { httpStatusOf } from '../../src/index.ts'
import { REST_TABLE } from '../../src/rest/rest-table.ts'
import { connect, connectBody } from '../fixture/connect-body.ts'
import { SERVICE_KEY } from '../fixture/start-api.ts'
import { storeMail } from '../fixture/stored-mail.ts'
import { createTestUser, type TestUser } from '../fixture/test-user.ts'
import { apiForFile } from '../fixture/api-for-file.ts'
import type { RestAnswer, RestCall } from '../fixture/call-rest.ts'

const api = apiForFile()
interface Media {
  readonly schema: object
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}
interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly content: { readonly 'application/json': Media } }
  readonly responses: Readonly<Record<string, { readonly content: { readonly 'application/json': Media } }>>
}
type Document = { readonly openapi: string; readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }
let document: Document
let user: TestUser
let account: string
let message: string
let archive: string

// Formats are checked by the tests that know what to expect; here the shape counts.
const ajv = new Ajv2020({ strict: false, validateFormats: false })
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u

beforeAll(async () => {
  document = (await api().rest({ path: '/api/openapi.json' })).body as unknown as Document
  ajv.addSchema(document, 'openapi')
  user = await createTestUser()
  account = await connect(api(), user, 'contract@example.org', { name: 'Contract' })
  const mail = await storeMail(api().database, account, 3)
  message = mail.messages[0] ?? ''
  archive = mail.archive
})

function validatorOf(method: string, path: string, status: number): ValidateFunction {
  const pointer = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', 'application/json', 'schema']
  return ajv.compile({
    $ref: `openapi#/${pointer
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/')}`,
  })
}

function expectDocumented(method: string, path: string, { status, body }: RestAnswer): void {
  expect(Object.keys(document.paths[path]?.[method.toLowerCase()]?.responses ?? {})).toContain(String(status))
  const validate = validatorOf(method, path, status)
  expect({ valid: validate(body), errors: validate.errors }).toEqual({ valid: true, errors: null })
}

const timesIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, field]) =>
    /(?:_at|At|since)$/u.test(name) && typeof field === 'string' ? [field] : timesIn(field),
  )
}

describe('the document', () => {
  it('is OpenAPI 3.1 and has every route of the table and no other', () => {
    expect(document.openapi).toMatch(/^3\.1\./u)
    const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(new Set(routes)).toEqual(new Set(REST_TABLE.map(({ method, path }) => `${method} ${path}`)))
  })

  it('has a name for each operation, and tells which parameters are required', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    const required = (path: string, method: string) => document.paths[path]?.[method]?.parameters.map((parameter) => parameter.required)
    expect(required('/api/v1/keys', 'delete')).toEqual([true])
    expect(required('/api/accounts/{account_id}/messages', 'get')).toEqual([true, false, false, false, false])
  })

  it('names only codes of the catalogue, each under its status', () => {
    const codes = Object.values(document.paths)
      .flatMap((operations) => Object.values(operations))
      .flatMap(({ responses }) =>
        Object.entries(responses).flatMap(([status, response]) =>
          Object.keys(response.content['application/json'].examples ?? {}).map((code) => ({ status, code })),
        ),
      )
    expect(codes.length).toBeGreaterThan(100)
    for (const { status, code } of codes) {
      expect(ERROR_CODES).toContain(code)
      expect(String(httpStatusOf(code as (typeof ERROR_CODES)[number]))).toBe(status)
    }
  })

  it('has examples that are valid by its own schemas', () => {
    for (const { method, path } of REST_TABLE) {
      const operation = document.paths[path]?.[method.toLowerCase()]
      for (const [status, response] of Object.entries(operation?.responses ?? {})) {
        const { example, examples } = response.content['application/json']
        const validate = validatorOf(method, path, Number(status))
        for (const value of [...(example === undefined ? [] : [example]), ...Object.values(examples ?? {}).map((named) => named.value)]) {
          expect({ method, path, status, valid: validate(value), errors: validate.errors }).toMatchObject({ valid: true, errors: null })
        }
      }
      const requests = Object.values(operation?.requestBody?.content ?? {})
      expect(requests.filter(({ schema, example }) => !ajv.validate(schema, example))).toEqual([])
    }
  })

  it('has a sentence for every field of what a caller sends', () => {
    const fields = REST_TABLE.flatMap(({ path, method }) => {
      const schema = document.paths[path]?.[method.toLowerCase()]?.requestBody?.content['application/json'].schema as
        | { properties: Record<string, { description?: string }> }
        | undefined
      return Object.entries(schema?.properties ?? {}).map(([name, { description }]) => ({ route: `${method} ${path}`, name, description }))
    })
    expect(fields.filter(({ description }) => description === undefined)).toEqual([])
  })
})

describe('real answers', () => {
  const calls: readonly (readonly [string, string, () => Omit<RestCall, 'method'>])[] = [
    ['GET', '/api/accounts', () => ({ path: '/api/accounts' })],
    ['GET', '/api/accounts/{id}', () => ({ path: `/api/accounts/${account}` })],
    ['PATCH', '/api/accounts/{id}', () => ({ path: `/api/accounts/${account}`, body: { name: 'Other' } })],
    ['GET', '/api/accounts/{account_id}/mailboxes', () => ({ path: `/api/accounts/${account}/mailboxes` })],
    [
      'PATCH',
      '/api/accounts/{account_id}/mailboxes/{id}',
      () => ({ path: `/api/accounts/${account}/mailboxes/${archive}`, body: { synced: false } }),
    ],
    ['GET', '/api/accounts/{account_id}/messages', () => ({ path: `/api/accounts/${account}/messages?limit=2` })],
    ['GET', '/api/accounts/{account_id}/messages/{id}', () => ({ path: `/api/accounts/${account}/messages/${message}` })],
    ['GET', '/api/sync', () => ({ path: '/api/sync' })],
    ['GET', '/api/session', () => ({ path: '/api/session' })],
    ['POST', '/api/accounts', () => ({ path: '/api/accounts', body: connectBody('more@example.org') })],
    ['POST', '/api/v1/keys', () => ({ path: '/api/v1/keys', body: { name: 'Key', expiresAt: '2099-01-15T10:00:00+02:00' } })],
    ['GET', '/api/v1/keys', () => ({ path: '/api/v1/keys' })],
    ['POST', '/api/v1/suppressions', () => ({ path: '/api/v1/suppressions', body: { email: 'gone@example.org' } })],
    ['GET', '/api/v1/suppressions', () => ({ path: '/api/v1/suppressions' })],
    ['DELETE', '/api/v1/suppressions', () => ({ path: '/api/v1/suppressions?email=gone%40example.org' })],
  ]

  it.each(calls)('%s %s', async (method, path, makeCall) => {
    await api().database.pool.query(
      `update account set sync_error_code = 'host.timeout', sync_error_since = now(), last_synced_at = now() where id = $1`,
      [account],
    )
    const answer = await api().rest({ method, headers: user.bearer, ...makeCall() })
    expect(answer.status).toBeLessThan(300)
    expectDocumented(method, path, answer)
    for (const time of timesIn(answer.body)) expect(time).toMatch(TIME)
  })

  it('to a queued sync, a campaign report and a disconnect', async () => {
    await api().database.pool.query(`update account set sync_status = 'syncing' where id = $1`, [account])
    expectDocumented(
      'POST',
      '/api/sync',
      await api().rest({ method: 'POST', path: '/api/sync', headers: user.bearer, body: { account_id: account } }),
    )
    const report = {
      campaign_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
      user_id: user.id,
      account_id: account,
      status: 'sent',
    }
    const reported = await api().rest({
      method: 'POST',
      path: '/api/campaigns/report',
      headers: { 'x-service-key': SERVICE_KEY },
      body: report,
    })
    expect(reported.body).toEqual({ success: true, campaign: report })
    expectDocumented('POST', '/api/campaigns/report', reported)
    const id = await connect(api(), user, 'brief@example.org')
    expectDocumented(
      'DELETE',
      '/api/accounts/{id}',
      await api().rest({ method: 'DELETE', path: `/api/accounts/${id}`, headers: user.bearer }),
    )
  })

  const withParameters = REST_TABLE.filter(({ path }) => path.includes('{'))
  it.each(withParameters.map(({ method, path }) => [method, path] as const))(
    'of an address that cannot be read: %s %s',
    async (method, path) => {
      const undecodable = await api().rest({ method, path: path.replaceAll(/\{\w+\}/gu, '%zz'), headers: user.bearer })
      expect(undecodable.status).toBe(400)
      expectDocumented(method, path, undecodable)
    },
  )

  it.each(REST_TABLE.map(({ method, path, maxBodyOctets }) => [method, path, maxBodyOctets] as const))(
    'of refusal: %s %s',
    async (method, path, maxBodyOctets) => {
      const call = { method, path: path.replaceAll(/\{\w+\}/gu, 'x') }
      const anonymous = await api().rest(call)
      expectDocumented(method, path, anonymous)
      expect(anonymous.body['success']).toBe(anonymous.status === 200)
      const known = await api().rest({
        ...call,
        headers: user.bearer,
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: { no: 'such field' } }),
      })
      expectDocumented(method, path, known)
      if (method === 'GET') return
      const large = await api().rest({ ...call, headers: user.bearer, body: { large: 'x'.repeat(300_000) } })
      // A body that may be large is not read before it is known whose it is.
      expect(large.status).toBe(maxBodyOctets === undefined ? 413 : 401)
      expectDocumented(method, path, large)
      expectDocumented(method, path, await api().rest({ ...call, headers: { ...user.cookie, origin: 'https://evil.example' } }))
      expectDocumented(method, path, await api().rest({ ...call, headers: { ...user.cookie, 'content-type': 'text/plain' }, body: 'x' }))
    },
  )
})
