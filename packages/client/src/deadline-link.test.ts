import { describe, expect, test, vi } from 'vitest'
import { answer, openScriptedMaildock, refuse } from '../test/scripted-maildock.ts'
import { createMaildockClient } from './create-maildock-client.ts'
import { chooseTimeoutMs } from './deadline-link.ts'

describe('the deadline of a call', () => {
  test.each([
    ['accounts.list', 30_000, undefined, 30_000],
    ['accounts.list', 5_000, undefined, 5_000],
    ['accounts.connect', 5_000, undefined, 20_000],
    ['accounts.update', 5_000, undefined, 20_000],
    ['sync.run', 5_000, undefined, 25_000],
    ['accounts.connect', 60_000, undefined, 60_000],
    ['accounts.connect', 60_000, 1_000, 1_000],
  ])('%s with %i in general and %s of its own: %i ms', (path, general, own, timeoutMs) => {
    expect(chooseTimeoutMs(path, general, own)).toBe(timeoutMs)
  })

  test('passes: client.timeout, and the request is given up', async () => {
    const hungUp = Promise.withResolvers<void>()
    await using server = await openScriptedMaildock((_, response) => response.on('close', hungUp.resolve))
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    await expect(client.accounts.list({ timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'client.timeout',
      message: 'The server did not answer within 1 s.',
      httpStatus: undefined,
    })
    await hungUp.promise
  })

  test('covers the retries: their waiting ends with it', async () => {
    await using server = await openScriptedMaildock((_, response) =>
      refuse(response, { status: 503, code: 'service.unavailable', retryAfter: 9 }),
    )
    const client = createMaildockClient({ baseUrl: server.baseUrl, timeoutMs: 2_000 })
    await expect(client.accounts.list()).rejects.toMatchObject({ code: 'client.timeout' })
    expect(server.requests).toHaveLength(1)
  })

  test('may be endless', async () => {
    await using server = await openScriptedMaildock((_, response) => answer(response, []))
    const client = createMaildockClient({ baseUrl: server.baseUrl, timeoutMs: Number.POSITIVE_INFINITY })
    await expect(client.accounts.list()).resolves.toEqual([])
  })
})

describe('an aborted call', () => {
  test('rejects with the AbortError of its signal, and the request is given up', async () => {
    const arrived = Promise.withResolvers<void>()
    const hungUp = Promise.withResolvers<void>()
    await using server = await openScriptedMaildock((_, response) => {
      response.on('close', hungUp.resolve)
      arrived.resolve()
    })
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    const stop = new AbortController()
    const call = client.accounts.connect({} as never, { signal: stop.signal })
    await arrived.promise
    stop.abort()
    await expect(call).rejects.toBe(stop.signal.reason)
    expect(stop.signal.reason).toMatchObject({ name: 'AbortError' })
    await hungUp.promise
  })

  test('rejects with whatever reason was given', async () => {
    await using server = await openScriptedMaildock(() => undefined)
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    const call = client.accounts.list({ signal: AbortSignal.timeout(20) })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' })
    const stop = new AbortController()
    stop.abort('the page was left')
    await expect(client.accounts.list({ signal: stop.signal })).rejects.toBe('the page was left')
  })

  test('sends nothing when it was aborted before', async () => {
    await using server = await openScriptedMaildock((_, response) => answer(response, []))
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    await expect(client.accounts.list({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    expect(server.requests).toHaveLength(0)
  })

  test('leaves no listener on a signal that outlives it', async () => {
    await using server = await openScriptedMaildock((_, response) => answer(response, []))
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await client.accounts.list({ signal })
    expect(added).toHaveBeenCalledTimes(1)
    expect(removed).toHaveBeenCalledTimes(1)
  })
})
