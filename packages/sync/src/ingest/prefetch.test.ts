import { describe, expect, it } from 'vitest'
import { prefetch } from './prefetch.ts'

async function* count(to: number, log: string[]): AsyncGenerator<number> {
  try {
    for (let value = 1; value <= to; value += 1) {
      log.push(`made ${value}`)
      yield value
    }
  } finally {
    log.push('closed')
  }
}

async function* failing(): AsyncGenerator<number> {
  yield 1
  throw new Error('broken')
}

describe('prefetch', () => {
  it('gives the same values, the next one being made while one is used', async () => {
    const log: string[] = []
    for await (const value of prefetch(count(3, log))) {
      log.push(`used ${value}`)
    }
    expect(log).toEqual(['made 1', 'made 2', 'used 1', 'made 3', 'used 2', 'closed', 'used 3'])
  })

  it('makes one value ahead and no more', async () => {
    const log: string[] = []
    const values = prefetch(count(9, log))
    await values.next()
    expect(log).toEqual(['made 1', 'made 2'])
    await values.return(undefined)
  })

  it('gives an error in its place', async () => {
    const used: number[] = []
    const using = (async () => {
      for await (const value of prefetch(failing())) {
        used.push(value)
      }
    })()
    await expect(using).rejects.toThrow('broken')
    expect(used).toEqual([1])
  })

  it('waits for what is being made when it is left, hands it back, and closes the source', async () => {
    const log: string[] = []
    const discarded: number[] = []
    for await (const value of prefetch(count(9, log), (left) => discarded.push(left))) {
      expect(value).toBe(1)
      break
    }
    expect(discarded).toEqual([2])
    expect(log.at(-1)).toBe('closed')
  })
})
