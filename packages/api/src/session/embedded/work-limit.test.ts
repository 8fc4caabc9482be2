import { describe, expect, it } from 'vitest'
import { createWorkLimit } from './work-limit.ts'

/** Work that ends when the test says so. */
function openWork() {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  return {
    begun,
    run: (name: string) => async () => {
      begun.push(name)
      const end = Promise.withResolvers<string>()
      ends.set(name, end)
      return await end.promise
    },
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  }
}

describe('a work limit', () => {
  it('runs so many at once, the others in order, and refuses what is too much', async () => {
    const limit = createWorkLimit(2, 2)
    const work = openWork()
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(async (name) => await limit(work.run(name)))
    await expect(limit(work.run('e'))).rejects.toMatchObject({ code: 'service.unavailable', retryAfterSeconds: 2 })
    expect(work.begun).toEqual(['a', 'b'])

    work.end('b')
    await b
    expect(work.begun).toEqual(['a', 'b', 'c'])
    work.end('a')
    await a
    expect(work.begun).toEqual(['a', 'b', 'c', 'd'])
    work.end('c')
    work.end('d')
    expect(await Promise.all([c, d])).toEqual(['c', 'd'])
  })

  it('goes on after work that failed', async () => {
    const limit = createWorkLimit(1, 1)
    const work = openWork()
    const failing = limit(work.run('a'))
    const next = limit(work.run('b'))
    work.fail('a')
    await expect(failing).rejects.toThrow('a')
    work.end('b')
    expect(await next).toBe('b')
    const last = limit(work.run('c'))
    work.end('c')
    expect(await last).toBe('c')
  })
})
