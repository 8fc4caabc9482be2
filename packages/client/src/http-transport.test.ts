import { describe, expect, test } from 'vitest'
import { answer, answerForeign, openScriptedMaildock } from '../test/scripted-maildock.ts'
import { createMaildockClient } from './create-maildock-client.ts'
import type { FetchLike } from './http-transport.ts'

describe('what is no answer of a Maildock', () => {
  test('nobody listens: client.network, with the cause', async () => {
    const server = await openScriptedMaildock(() => undefined)
    await server[Symbol.asyncDispose]()
    const client = createMaildockClient({ baseUrl: server.baseUrl, retries: 0 })
    const error: unknown = await client.accounts.list().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'client.network', cause: expect.objectContaining({ message: 'fetch failed' }) })
  })

  test('the connection breaks within the answer: client.network', async () => {
    await using server = await openScriptedMaildock((_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"result":', () => response.destroy())
    })
    const client = createMaildockClient({ baseUrl: server.baseUrl, retries: 0 })
    await expect(client.accounts.list()).rejects.toMatchObject({ code: 'client.network' })
  })

  test.each([
    ['a page', 200, '<!doctype html><title>Welcome</title>'],
    ['an empty answer', 200, ''],
    ['a JSON of somebody else', 200, '{"hello":"world"}'],
    ['the error page of a proxy', 500, '<h1>Internal</h1>'],
  ])('%s: client.unexpected_response', async (_, status, text) => {
    await using server = await openScriptedMaildock((__, response) => answerForeign(response, status, text, { 'x-request-id': 'r-9' }))
    const client = createMaildockClient({ baseUrl: server.baseUrl, retries: 0 })
    await expect(client.accounts.list()).rejects.toMatchObject({ code: 'client.unexpected_response', httpStatus: status, requestId: 'r-9' })
  })

  test('a result that superjson cannot read: client.unexpected_response', async () => {
    const text = '{"result":{"data":{"json":[],"meta":{"values":{"0":["no-such-type"]}}}}}'
    await using server = await openScriptedMaildock((_, response) => answerForeign(response, 200, text))
    const client = createMaildockClient({ baseUrl: server.baseUrl, retries: 0 })
    await expect(client.accounts.list()).rejects.toMatchObject({ code: 'client.unexpected_response', httpStatus: 200 })
  })

  test('a redirect is not followed: it would carry the service key to who knows whom', async () => {
    await using elsewhere = await openScriptedMaildock((_, response) => answer(response, []))
    await using server = await openScriptedMaildock((_, response) => answerForeign(response, 307, '', { location: elsewhere.baseUrl }))
    const client = createMaildockClient({ baseUrl: server.baseUrl, serviceKey: 'key', token: 'token' })
    await expect(client.accounts.list()).rejects.toMatchObject({ code: 'client.unexpected_response', httpStatus: 307 })
    expect(elsewhere.requests).toHaveLength(0)
  })
})

describe('a request', () => {
  test('goes through the given fetch, with the given cookie mode', async () => {
    const seen: RequestInit[] = []
    const fetch: FetchLike = async (_, init) => {
      seen.push(init)
      return new Response('{"result":{"data":{"json":[]}}}', { headers: { 'content-type': 'application/json' } })
    }
    const client = createMaildockClient({ baseUrl: 'https://mail.example.com', fetch, credentials: 'include' })
    await expect(client.accounts.list()).resolves.toEqual([])
    expect(seen).toEqual([expect.objectContaining({ method: 'GET', credentials: 'include', redirect: 'manual' })])
  })

  test('leaves the cookie mode to the browser unless told', async () => {
    const seen: RequestInit[] = []
    const fetch: FetchLike = async (_, init) => {
      seen.push(init)
      return new Response('{"result":{"data":{"json":[]}}}')
    }
    await createMaildockClient({ baseUrl: '', fetch }).accounts.list()
    expect(seen[0]).not.toHaveProperty('credentials')
  })

  test('asks for the token anew, also for a repetition', async () => {
    await using server = await openScriptedMaildock(({ turn }, response) => (turn === 1 ? response.destroy() : answer(response, [])))
    let asked = 0
    const client = createMaildockClient({ baseUrl: server.baseUrl, token: () => `token-${(asked += 1)}` })
    await client.accounts.list()
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  test('is not sent without its token: client.token_failed', async () => {
    await using server = await openScriptedMaildock((_, response) => answer(response, []))
    const cause = new Error('the identity provider is away')
    const client = createMaildockClient({ baseUrl: server.baseUrl, token: () => Promise.reject(cause) })
    await expect(client.accounts.list()).rejects.toMatchObject({ code: 'client.token_failed', cause })
    expect(server.requests).toHaveLength(0)
  })
})
