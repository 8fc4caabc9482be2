import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { drainOnDispose } from './drain-server.ts'

/** So long that a test which waited for it would fail by its own deadline. */
const NEVER_MS = 600_000

async function listen(listener: RequestListener, drainMs = NEVER_MS) {
  const server = createServer()
  const drain = drainOnDispose(server, drainMs)
  server.on('request', listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: async () => await drain[Symbol.asyncDispose]() }
}

describe('a server that is told to stop', () => {
  it('cuts live streams at once', async () => {
    const { url, stop } = await listen((_request, response) => {
      response.setHeader('Content-Type', 'text/event-stream')
      response.write('data: 1\n\n')
    })
    const answer = await fetch(url)
    await stop()
    await expect(answer.text()).rejects.toThrow('terminated')
  })

  it('finishes what it is answering, though its connection is kept alive', async () => {
    const arrived = Promise.withResolvers<() => void>()
    const { url, stop } = await listen((_request, response) => arrived.resolve(() => void response.end('whole')))
    const answer = fetch(url)
    const finish = await arrived.promise
    const stopped = stop()
    finish()
    expect(await (await answer).text()).toBe('whole')
    await stopped
  })

  it('cuts what does not end in time', async () => {
    const { url, stop } = await listen((_request, response) => void response.write('begun'), 50)
    const answer = await fetch(url)
    await stop()
    await expect(answer.text()).rejects.toThrow('terminated')
  })

  it('accepts nothing more', async () => {
    const { url, stop } = await listen((_request, response) => void response.end('whole'))
    expect(await (await fetch(url)).text()).toBe('whole')
    await stop()
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })
})
