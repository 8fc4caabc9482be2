import { useTestDatabase } from '@maildock/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendRaw } from '../fixture/raw-http.ts'
import { startApi, type TestApi } from '../fixture/start-api.ts'

const { connectionString } = useTestDatabase()
let api: TestApi
beforeAll(async () => {
  // As in the product, but for how long a request may take to arrive: a test need not wait ten seconds for it.
  api = await startApi(connectionString, {}, { headersTimeout: 300, requestTimeout: 300, connectionsCheckingInterval: 50 })
})
afterAll(async () => await api[Symbol.asyncDispose]())

const GOOD = 'GET /healthz HTTP/1.1\r\nHost: maildock.test\r\n\r\n'

/** Status, headers and the envelope of an answer as it came over the wire. */
function readAnswer(answer: string): { status: number; requestId: string | undefined; body: Record<string, unknown> } {
  const [head = '', text = ''] = answer.split('\r\n\r\n')
  return {
    status: Number(head.split(' ')[1]),
    requestId: /^X-Request-Id: (?<id>.+)$/mu.exec(head)?.groups?.['id']?.trim(),
    body: JSON.parse(text) as Record<string, unknown>,
  }
}

describe('what never becomes a request is told in the envelope', () => {
  it.each([
    ['what is no HTTP', 'EHLO maildock.test\r\n\r\n', 400, 'request.malformed'],
    ['headers beyond the limit', `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(40_000)}\r\n\r\n`, 431, 'request.too_large'],
    ['headers that do not end', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ', 408, 'request.timeout'],
    [
      'a body of two lengths',
      'POST /api/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
      'request.malformed',
    ],
  ])('%s', async (_name, request, status, code) => {
    const answer = readAnswer(await sendRaw(api.url, request))
    expect(answer).toEqual({
      status,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/u),
      body: { success: false, error: expect.any(String), code, request_id: answer.requestId },
    })
  })

  it('nothing is written behind an answer: the connection is closed', async () => {
    const answers = await sendRaw(api.url, `${GOOD}EHLO maildock.test\r\n\r\n`)
    expect(answers.match(/^HTTP\/1\.1 .*$/gmu)?.length ?? 0).toBeLessThanOrEqual(1)
  })
})
