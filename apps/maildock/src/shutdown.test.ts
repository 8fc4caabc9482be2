import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SHUTDOWN_DEADLINE_MS, shutdownRequested, type Shutdown } from './shutdown.ts'

class Host extends EventEmitter {
  readonly exits: number[] = []
  exit(code: number): void {
    this.exits.push(code)
  }
}

let host: Host
let nowMs: number
let shutdown: Shutdown
beforeEach(() => {
  vi.useFakeTimers()
  host = new Host()
  nowMs = 5_000
  shutdown = shutdownRequested(host, () => nowMs)
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a request to stop', () => {
  it.each(['SIGINT', 'SIGTERM'])('by %s is told, and ends nothing by itself', async (signal) => {
    expect(shutdown.signal.aborted).toBe(false)
    host.emit(signal)
    expect(await shutdown.requested).toBe(signal)
    expect({ aborted: shutdown.signal.aborted, exits: host.exits }).toEqual({ aborted: true, exits: [] })
  })

  it('that arrives several times at once, as one Ctrl-C under npm does, is one request', async () => {
    for (const afterMs of [0, 3, 999]) {
      nowMs = 5_000 + afterMs
      host.emit('SIGINT')
    }
    expect(await shutdown.requested).toBe('SIGINT')
    expect(host.exits).toEqual([])
  })

  it('that is repeated a second later ends the process at once', () => {
    host.emit('SIGINT')
    nowMs += 1_000
    host.emit('SIGINT')
    expect(host.exits).toEqual([130])
  })

  it('that is not met in time ends the process', () => {
    host.emit('SIGTERM')
    vi.advanceTimersByTime(SHUTDOWN_DEADLINE_MS)
    expect(host.exits).toEqual([1])
  })
})

describe('a child that was forked', () => {
  it('stops when its parent is gone', async () => {
    const child = Object.assign(new Host(), { channel: { unref: () => undefined } })
    const { requested } = shutdownRequested(child)
    child.emit('disconnect')
    expect(await requested).toBe('the parent process is gone')
  })
})
