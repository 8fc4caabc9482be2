import type { LiveEvent } from '@maildock/core'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { answerForeign, openScriptedMaildock, openStream, refuse, sendEvent, type Script } from '../test/scripted-maildock.ts'
import { iterateAccounts, type WatchState } from './account-watch.ts'
import { createMaildockClient } from './create-maildock-client.ts'

// The shortest of all waits before a reconnect: 250 ms.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0))
afterEach(() => void vi.restoreAllMocks())

const snapshot: LiveEvent = { type: 'snapshot', accounts: [], progress: [] }
const changed = (accountId: string): LiveEvent => ({ type: 'messages', accountId })

const over: Parameters<typeof refuse>[1] = { status: 401, code: 'session.expired', message: 'This session has ended.' }

/** Answers the n-th connect as scripted; each further one is refused for good. */
function inTurn(...answers: ((response: ServerResponse) => void)[]): Script {
  return ({ turn }, response) => {
    const scripted = answers[turn - 1]
    return scripted === undefined ? refuse(response, over) : scripted(response)
  }
}

function streamOf(...events: object[]): (response: ServerResponse) => void {
  return (response) => {
    openStream(response)
    for (const event of events) {
      sendEvent(response, event)
    }
  }
}

function andBreak(answer: (response: ServerResponse) => void): (response: ServerResponse) => void {
  return (response) => {
    answer(response)
    response.write(': the last words\n\n', () => response.destroy())
  }
}

async function readAll(events: AsyncIterable<LiveEvent>): Promise<LiveEvent[]> {
  const all: LiveEvent[] = []
  for await (const event of events) {
    all.push(event)
  }
  return all
}

describe('watching by iteration', () => {
  test('tells events in order, and hangs up when the loop is left', async () => {
    const hungUp = Promise.withResolvers<void>()
    await using server = await openScriptedMaildock(
      inTurn((response) => {
        response.on('close', hungUp.resolve)
        streamOf(snapshot, changed('a'), changed('b'))(response)
      }),
    )
    const seen: unknown[] = []
    for await (const event of createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch()) {
      seen.push(event)
      if (seen.length === 3) {
        break
      }
    }
    expect(seen).toEqual([snapshot, changed('a'), changed('b')])
    await hungUp.promise
  })

  test('connects with nothing sent before the loop begins', async () => {
    await using server = await openScriptedMaildock(inTurn(streamOf(snapshot)))
    const watch = createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch()
    expect(server.requests).toHaveLength(0)
    for await (const event of watch) {
      expect(event).toEqual(snapshot)
      break
    }
  })

  test('reconnects after a broken connection and after a 502, each time with a new token and a new snapshot', async () => {
    await using server = await openScriptedMaildock(
      inTurn(andBreak(streamOf(snapshot)), (response) => answerForeign(response, 502, 'Bad gateway'), streamOf(snapshot, changed('a'))),
    )
    let asked = 0
    const states: WatchState[] = []
    const client = createMaildockClient({ baseUrl: server.baseUrl, token: () => `token-${(asked += 1)}` })
    const seen: unknown[] = []
    for await (const event of client.accounts.watch({ onStateChange: (state) => states.push(state) })) {
      seen.push(event)
      if (seen.length === 3) {
        break
      }
    }
    expect(seen).toEqual([snapshot, snapshot, changed('a')])
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3'])
    expect(states.map(({ status, error }) => [status, error?.code])).toEqual([
      ['connecting', undefined],
      ['live', undefined],
      ['reconnecting', 'client.network'],
      ['reconnecting', 'client.unexpected_response'],
      ['live', undefined],
      ['closed', undefined],
    ])
  })

  test('comes back when the server ends the stream in good order, as it does when it stops', async () => {
    await using server = await openScriptedMaildock(
      inTurn(
        (response) => {
          streamOf(snapshot)(response)
          response.end('event: return\ndata: \n\n')
        },
        streamOf(changed('after')),
      ),
    )
    const seen: unknown[] = []
    for await (const event of createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch()) {
      seen.push(event)
      if (seen.length === 2) {
        break
      }
    }
    expect(seen).toEqual([snapshot, changed('after')])
  })

  test('drops a connection that has fallen silent, as the server told it to', async () => {
    await using server = await openScriptedMaildock(
      inTurn((response) => openStream(response, { reconnectAfterInactivityMs: 100 }), streamOf(snapshot)),
    )
    for await (const event of createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch()) {
      expect(event).toEqual(snapshot)
      break
    }
    expect(server.requests).toHaveLength(2)
  })

  test('ends with the error when the session is over', async () => {
    await using server = await openScriptedMaildock(inTurn(andBreak(streamOf(snapshot))))
    const watch = createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch()
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const event of watch) {
        seen.push(event)
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'session.expired', httpStatus: 401, requestId: 'request-1' })
    expect(seen).toEqual([snapshot])
  })

  test('ends with the error the server sends within the stream', async () => {
    const shape = { message: 'Over.', code: -32001, data: { httpStatus: 401, maildock: { code: 'session.expired', requestId: 'r' } } }
    await using server = await openScriptedMaildock(
      inTurn((response) => {
        streamOf(snapshot)(response)
        response.end(`event: serialized-error\ndata: ${JSON.stringify({ json: shape })}\n\n`)
      }),
    )
    const reading = readAll(createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch())
    await expect(reading).rejects.toMatchObject({ code: 'session.expired', httpStatus: 401 })
    expect(server.requests).toHaveLength(1)
  })

  test('comes back, when asked to, after an error within the stream that will pass', async () => {
    const maildock = { code: 'service.unavailable', requestId: 'r' }
    const shape = { message: 'Stopping.', code: -32603, data: { httpStatus: 503, maildock } }
    await using server = await openScriptedMaildock(
      inTurn((response) => {
        openStream(response)
        response.end(`event: serialized-error\ndata: ${JSON.stringify({ json: shape })}\n\n`)
      }, streamOf(snapshot)),
    )
    const states: WatchState[] = []
    for await (const event of createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch({
      onStateChange: (state) => states.push(state),
    })) {
      expect(event).toEqual(snapshot)
      break
    }
    expect(states.map(({ error }) => error?.code)).toContain('service.unavailable')
  })

  test('ends at once where what answers is no event stream', async () => {
    await using server = await openScriptedMaildock(inTurn((response) => answerForeign(response, 200, '<h1>Welcome</h1>')))
    const reading = readAll(createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch())
    await expect(reading).rejects.toMatchObject({ code: 'client.unexpected_response', httpStatus: 200 })
  })

  test('rejects with the reason of its signal', async () => {
    const hungUp = Promise.withResolvers<void>()
    await using server = await openScriptedMaildock(
      inTurn((response) => {
        response.on('close', hungUp.resolve)
        streamOf(snapshot)(response)
      }),
    )
    const stop = new AbortController()
    const reading = (async () => {
      for await (const event of createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch({ signal: stop.signal })) {
        expect(event).toEqual(snapshot)
        setImmediate(() => stop.abort())
      }
    })()
    const error: unknown = await reading.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'AbortError' })
    expect(error).toBe(stop.signal.reason)
    await hungUp.promise
  })

  test('ends at once where an event cannot be read, and takes nothing else down with it', async () => {
    await using server = await openScriptedMaildock(
      inTurn((response) => {
        openStream(response)
        response.write('data: {"json":\n\n')
      }),
    )
    const reading = readAll(createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch())
    await expect(reading).rejects.toMatchObject({ code: 'client.unexpected_response', message: expect.stringContaining('cannot be read') })
    expect(server.requests).toHaveLength(1)
  })

  test('a reader that falls behind gets a new snapshot instead of an endless queue', async () => {
    const connects: LiveEvent[][] = [
      [snapshot, ...Array.from({ length: 1_200 }, (_, index) => changed(String(index)))],
      [snapshot, changed('after')],
    ]
    const unsubscribe = vi.fn<() => void>()
    const subscribe: Parameters<typeof iterateAccounts>[0] = (_, { onData }) => {
      connects.shift()?.forEach((event) => onData?.(event))
      return { unsubscribe }
    }
    const events = iterateAccounts(subscribe, {})
    await expect(events.next()).resolves.toEqual({ done: false, value: snapshot })
    await expect(events.next()).resolves.toEqual({ done: false, value: changed('after') })
    expect(unsubscribe).toHaveBeenCalledTimes(1)
    await events.return()
    expect(unsubscribe).toHaveBeenCalledTimes(2)
  })
})

describe('watching with callbacks', () => {
  test('tells events and states until it is closed, and nothing after', async () => {
    const hungUp = Promise.withResolvers<void>()
    await using server = await openScriptedMaildock(
      inTurn((response) => {
        response.on('close', hungUp.resolve)
        streamOf(snapshot)(response)
      }),
    )
    const onEvent = vi.fn<(event: object) => void>()
    const onStateChange = vi.fn<(state: WatchState) => void>()
    const watch = createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch({ onEvent, onStateChange })
    await vi.waitUntil(() => onEvent.mock.calls.length === 1)
    watch.close()
    watch.close()
    await hungUp.promise
    expect(onEvent.mock.calls).toEqual([[snapshot]])
    expect(onStateChange.mock.calls.map(([{ status }]) => status)).toEqual(['connecting', 'live', 'closed'])
  })

  test('tells why it has ended', async () => {
    await using server = await openScriptedMaildock(inTurn())
    const ended = Promise.withResolvers<unknown>()
    createMaildockClient({ baseUrl: server.baseUrl }).accounts.watch({ onEvent: () => undefined, onError: ended.resolve })
    await expect(ended.promise).resolves.toMatchObject({ code: 'session.expired' })
  })

  test('is closed by its signal', async () => {
    await using server = await openScriptedMaildock(inTurn(streamOf(snapshot)))
    const stop = new AbortController()
    const onStateChange = vi.fn<(state: WatchState) => void>()
    const client = createMaildockClient({ baseUrl: server.baseUrl })
    client.accounts.watch({ onEvent: () => stop.abort(), onStateChange, signal: stop.signal })
    await vi.waitUntil(() => onStateChange.mock.lastCall?.[0].status === 'closed')
    expect(onStateChange.mock.lastCall?.[0].error).toBeNull()
  })
})
