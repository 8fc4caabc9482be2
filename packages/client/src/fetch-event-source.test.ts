import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FetchEventSource, type StreamEvent } from './fetch-event-source.ts'
import { MaildockError } from './maildock-error.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const octets = (text: string): Uint8Array => new TextEncoder().encode(text)

function streamOf(chunks: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks)
}

/** Opens a source over the given connects, in turn; after the last one the server is gone for good. */
function openSource(...connects: (() => ReadableStream<Uint8Array>)[]) {
  const seen: StreamEvent[] = []
  const open = vi.fn<(url: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>>(async () => {
    const connect = connects.shift()
    if (connect === undefined) {
      throw new MaildockError('route.not_found', 'Gone.', { httpStatus: 404 })
    }
    return await Promise.resolve(connect())
  })
  const source = new FetchEventSource('https://mail.example.com/stream', { open })
  source.addEventListener('message', (event) => seen.push(event))
  source.addEventListener('error', (event) => seen.push(event))
  const closed = async (): Promise<void> => {
    for (let rounds = 0; source.readyState !== source.CLOSED && rounds < 1_000; rounds += 1) {
      await vi.advanceTimersToNextTimerAsync()
    }
    expect(source.readyState).toBe(source.CLOSED)
  }
  return { source, seen, open, closed }
}

describe('an event stream', () => {
  test('may be cut anywhere, within a character too', async () => {
    const text = 'id: 7\ndata: Grüße, 日本 🎉\n\n'
    const { seen, closed } = openSource(() => streamOf(Array.from(octets(text), (octet) => Uint8Array.of(octet))))
    await closed()
    expect(seen[0]).toMatchObject({ type: 'message', data: 'Grüße, 日本 🎉', lastEventId: '7' })
  })

  test('may hold fields nobody knows', async () => {
    const { seen, closed } = openSource(() => streamOf([octets('colour: blue\ndata: a\n\n')]))
    await closed()
    expect(seen[0]).toMatchObject({ data: 'a' })
  })

  test('that sends one event without end is left, before memory is', async () => {
    const flood = {
      *[Symbol.iterator]() {
        yield octets('data: ')
        for (;;) {
          yield new Uint8Array(1024 * 1024).fill(97)
        }
      },
    }
    const { seen, open, closed } = openSource(() => streamOf(flood))
    await closed()
    expect(seen).toEqual([
      expect.objectContaining({ type: 'error', cause: expect.objectContaining({ code: 'client.unexpected_response' }) }),
    ])
    expect(open).toHaveBeenCalledTimes(1)
  })

  test('that drops at once, again and again, is asked for less and less often', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const at: number[] = []
    const drop = (): ReadableStream<Uint8Array> => {
      at.push(Date.now())
      return streamOf([octets('event: connected\ndata: {}\n\n')])
    }
    const { closed } = openSource(drop, drop, drop, drop)
    await closed()
    expect(at.map((time) => time - (at[0] ?? 0)).map((ms) => Math.round(ms / 100) * 100)).toEqual([0, 500, 1500, 3500])
  })

  test('that lived for a while is asked for soon again', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const at: number[] = []
    const drop = (afterMs: number) => (): ReadableStream<Uint8Array> => {
      at.push(Date.now())
      return new ReadableStream({ start: (controller) => void setTimeout(() => controller.close(), afterMs) })
    }
    const { closed } = openSource(drop(0), drop(0), drop(60_000), drop(0))
    await closed()
    expect((at[3] ?? 0) - (at[2] ?? 0)).toBeLessThan(61_000)
  })
})

describe('closing', () => {
  test('ends the connection, and no event follows', async () => {
    const { source, seen, open } = openSource(() => new ReadableStream())
    await vi.waitFor(() => expect(source.readyState).toBe(source.OPEN), { timeout: 15_000 })
    source.close()
    source.close()
    expect(source.readyState).toBe(source.CLOSED)
    expect(open.mock.calls[0]?.[1].aborted).toBe(true)
    await vi.runAllTimersAsync()
    expect(seen).toEqual([])
  })

  test('ends the waiting for a reconnect', async () => {
    const { source, seen, open } = openSource(() => streamOf([]))
    await vi.waitFor(() => expect(seen).toHaveLength(1), { timeout: 15_000 })
    expect(source.readyState).toBe(source.CONNECTING)
    source.close()
    await vi.runAllTimersAsync()
    expect(open).toHaveBeenCalledTimes(1)
  })

  test('a listener that was removed hears nothing', async () => {
    const { source, closed } = openSource(() => streamOf([octets('data: a\n\n')]))
    const listener = vi.fn<(event: StreamEvent) => void>()
    source.addEventListener('message', listener)
    source.removeEventListener('message', listener)
    await closed()
    expect(listener).not.toHaveBeenCalled()
  })
})
