import { describe, expect, it } from 'vitest'
import { alternate } from './alternate.ts'

describe('sides measured in turn', () => {
  it('go A B A B, and keep their samples apart', async () => {
    const order: string[] = []
    const side = (name: string) => async (): Promise<number> => order.push(name)
    expect(await alternate({ a: side('a'), b: side('b') }, 2)).toEqual({ a: [1, 3], b: [2, 4] })
    expect(order).toEqual(['a', 'b', 'a', 'b'])
  })

  it('end with the first failure', async () => {
    const failing = alternate({ a: async () => Promise.reject(new Error('broken')) }, 3)
    await expect(failing).rejects.toThrow('broken')
  })
})
