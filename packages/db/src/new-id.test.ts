import { isUuid } from '@maildock/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { newId } from './new-id.ts'

afterEach(() => vi.useRealTimers())

describe('newId', () => {
  test('makes UUIDs of version 7 that hold the time', () => {
    vi.useFakeTimers({ now: Date.UTC(2100, 0, 1) })
    const id = newId()
    expect(isUuid(id)).toBe(true)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2100, 0, 1))
  })

  test('rises strictly within a millisecond, beyond the counter, and when the clock goes back', () => {
    vi.useFakeTimers({ now: Date.UTC(2101, 0, 1) })
    const ids = Array.from({ length: 10_000 }, () => newId())
    vi.setSystemTime(Date.UTC(2100, 6, 1))
    ids.push(newId())
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(ids.length)
  })
})
