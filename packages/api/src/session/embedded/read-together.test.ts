import { describe, expect, it } from 'vitest'
import { readTogether } from './read-together.ts'

function reader(): { read: (key: string) => Promise<string | null>; asked: string[][]; fail: { with: Error | null } } {
  const asked: string[][] = []
  const fail: { with: Error | null } = { with: null }
  const read = readTogether(async (keys) => {
    asked.push([...keys])
    if (fail.with !== null) throw fail.with
    return new Map(keys.filter((key) => key !== 'missing').map((key) => [key, `${key}:${asked.length}`]))
  })
  return { read, asked, fail }
}

describe('readTogether', () => {
  it('reads once for all who ask in the same turn, each key once', async () => {
    const { read, asked } = reader()
    expect(await Promise.all([read('a'), read('b'), read('a'), read('missing')])).toEqual(['a:1', 'b:1', 'a:1', null])
    expect(asked).toEqual([['a', 'b', 'missing']])
  })

  it('never answers from a read that began before it was asked for', async () => {
    const { read } = reader()
    const first = read('a')
    await first
    const later = read('a')
    expect([await first, await later]).toEqual(['a:1', 'a:2'])
  })

  it('begins a new read for who asks while one is under way', async () => {
    const release: (() => void)[] = []
    const asked: string[][] = []
    const read = readTogether(async (keys) => {
      asked.push([...keys])
      await new Promise<void>((resolve) => release.push(resolve))
      return new Map(keys.map((key) => [key, asked.length]))
    })
    const first = read('a')
    await expect.poll(() => release.length).toBe(1)
    const second = read('a')
    await expect.poll(() => release.length).toBe(2)
    release.forEach((go) => go())
    await Promise.all([first, second])
    expect(asked).toEqual([['a'], ['a']])
  })

  it('fails for all who shared the read, and not for the next', async () => {
    const { read, fail } = reader()
    fail.with = new Error('down')
    const both = await Promise.allSettled([read('a'), read('b')])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    fail.with = null
    expect(await read('a')).toBe('a:2')
  })

  it('asks for at most five hundred at once', async () => {
    const { read, asked } = reader()
    await Promise.all(Array.from({ length: 1200 }, (_, index) => read(`k${index}`)))
    expect(asked.map(({ length }) => length)).toEqual([500, 500, 200])
  })
})
