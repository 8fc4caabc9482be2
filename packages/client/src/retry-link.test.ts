import { describe, expect, test } from 'vitest'
import { answer, answerForeign, openScriptedMaildock, refuse } from '../test/scripted-maildock.ts'
import { createMaildockClient } from './create-maildock-client.ts'

const CONNECT = {
  email: 'a@example.com',
  imapHost: 'imap.example.com',
  imapPort: 993,
  smtpHost: 'smtp.example.com',
  smtpPort: 465,
  username: 'a',
  password: 'p',
} as const

describe('a query', () => {
  test('is repeated over a restart of the server, and then answered', async () => {
    await using server = await openScriptedMaildock(({ turn }, response) => {
      if (turn === 1) {
        response.destroy()
      } else if (turn === 2) {
        answerForeign(response, 502, '<h1>Bad gateway</h1>')
      } else {
        answer(response, [])
      }
    })
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    await expect(client.accounts.list()).resolves.toEqual([])
    expect(server.requests).toHaveLength(3)
  })

  test('fails with the last error after two repetitions', async () => {
    await using server = await openScriptedMaildock(({ turn }, response) =>
      refuse(response, { status: 503, code: 'service.unavailable', message: `Attempt ${turn}.` }),
    )
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    await expect(client.accounts.list()).rejects.toMatchObject({ code: 'service.unavailable', message: 'Attempt 3.' })
  })

  test('waits as long as Retry-After asks', async () => {
    const at: number[] = []
    await using server = await openScriptedMaildock(({ turn }, response) => {
      at.push(performance.now())
      if (turn === 1) {
        refuse(response, { status: 429, code: 'rate.limited', headers: { 'retry-after': '1' } })
      } else {
        answer(response, [])
      }
    })
    await createMaildockClient({ baseUrl: server.baseUrl }).accounts.list()
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990)
  })

  test('is not repeated where the client is told not to', async () => {
    await using server = await openScriptedMaildock((_, response) => response.destroy())
    const client = createMaildockClient({ baseUrl: server.baseUrl, retries: 0 })
    await expect(client.accounts.list()).rejects.toMatchObject({ code: 'client.network' })
    expect(server.requests).toHaveLength(1)
  })
})

describe('a change', () => {
  test.each([
    ['503 with Retry-After', 503],
    ['429 with Retry-After', 429],
  ])('is sent once, %s or not', async (_, status) => {
    await using server = await openScriptedMaildock((__, response) => refuse(response, { status, code: 'rate.limited', retryAfter: 0 }))
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    await expect(client.accounts.connect(CONNECT)).rejects.toMatchObject({ code: 'rate.limited', retryAfterSeconds: 0 })
    expect(server.requests).toHaveLength(1)
  })

  test('is sent once where the connection breaks: nobody knows whether it was made', async () => {
    await using server = await openScriptedMaildock((_, response) => response.destroy())
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    await expect(client.accounts.connect(CONNECT)).rejects.toMatchObject({ code: 'client.network' })
    expect(server.requests).toHaveLength(1)
  })
})

describe('a message to be sent', () => {
  const MESSAGE = { from: { email: 'me@example.com' }, to: [{ email: 'you@example.com' }], subject: 'Hello', text: 'Hello.' }

  test.each([{}, { idempotencyKey: undefined }])(
    'is repeated under the idempotency key it was given, so that it is sent once: %j',
    async (change) => {
      const keys: unknown[] = []
      await using server = await openScriptedMaildock(({ turn, input }, response) => {
        keys.push((input as { idempotencyKey: unknown }).idempotencyKey)
        if (turn === 1) {
          response.destroy()
        } else if (turn === 2) {
          refuse(response, { status: 409, code: 'idempotency.in_progress', headers: { 'retry-after': '1' } })
        } else {
          answer(response, { outcome: 'sent' })
        }
      })
      await createMaildockClient({ baseUrl: server.baseUrl, token: 'msk_' }).send.message({ ...MESSAGE, ...change })
      expect(keys).toHaveLength(3)
      expect(new Set(keys).size).toBe(1)
      expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/u)
    },
  )
})
