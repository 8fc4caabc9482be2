import { expect, test } from 'vitest'
import { buildRequestHeaders } from './request-headers.ts'

test('nothing is sent that was not given', async () => {
  await expect(buildRequestHeaders({})).resolves.toEqual({})
})

test('a token becomes a bearer token, a service key a header of its own', async () => {
  await expect(buildRequestHeaders({ token: 'abc', serviceKey: 'key' })).resolves.toEqual({
    authorization: 'Bearer abc',
    'x-service-key': 'key',
  })
})

test('a token function is asked each time', async () => {
  let asked = 0
  const token = async (): Promise<string> => `token-${(asked += 1)}`
  await expect(buildRequestHeaders({ token })).resolves.toEqual({ authorization: 'Bearer token-1' })
  await expect(buildRequestHeaders({ token })).resolves.toEqual({ authorization: 'Bearer token-2' })
})

test.each([null, undefined, ''])('a token function that has none (%s) leaves the header out', async (none) => {
  await expect(buildRequestHeaders({ token: () => none })).resolves.toEqual({})
})

test('a token function that fails is told as such, with its error', async () => {
  const cause = new Error('the identity provider is away')
  await expect(buildRequestHeaders({ token: () => Promise.reject(cause) })).rejects.toMatchObject({ code: 'client.token_failed', cause })
})

const traced = (): Record<string, string> => ({ traceparent: '00-1', authorization: 'Basic x' })

test('further headers go along but never replace the credentials', async () => {
  await expect(buildRequestHeaders({ token: 'abc', headers: traced })).resolves.toEqual({
    traceparent: '00-1',
    authorization: 'Bearer abc',
  })
})
