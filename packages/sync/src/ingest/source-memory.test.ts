import { describe, expect, it } from 'vitest'
import { SourceMemory } from './source-memory.ts'

const MB = 1024 * 1024

/** Whether a promise is settled once everything that is due has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise((resolve) => setImmediate(resolve, 'pending'))
  return (await Promise.race([promise, later])) !== 'pending'
}

describe('SourceMemory', () => {
  it('gives octets that do not overlap, from shared memory', async () => {
    using block = await new SourceMemory().reserve(MB)
    const [one, other] = [block.allocate(10), block.allocate(20)]
    one.fill(1)
    other.fill(2)
    expect([...new Set(one)]).toEqual([1])
    expect(one.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(one.buffer).toBe(other.buffer)
  })

  it('gives more than was asked for: a size is the word of a server', async () => {
    using block = await new SourceMemory().reserve(10)
    expect(block.allocate(8).length + block.allocate(5 * MB).length).toBe(8 + 5 * MB)
  })

  it('has twice as much for what is read out of the sources, behind them', async () => {
    for (const octets of [1_000, MB, 4 * MB]) {
      using block = await new SourceMemory().reserve(octets)
      const source = block.allocate(octets).fill(1)
      const rest = block.takeRest()
      rest.fill(2)
      expect(rest.length).toBeGreaterThanOrEqual(2 * octets)
      expect(source.every((octet) => octet === 1)).toBe(true)
      expect(block.allocate(10).buffer).not.toBe(rest.buffer)
    }
  })

  it('uses the memory of one batch for the next', async () => {
    const memory = new SourceMemory()
    const first = await memory.reserve(4 * MB)
    const { buffer } = first.allocate(1)
    first[Symbol.dispose]()
    using second = await memory.reserve(3 * MB)
    expect(second.allocate(1).buffer).toBe(buffer)
  })

  it('lets wait who wants more than is left, in order', async () => {
    const memory = new SourceMemory(10 * MB)
    const held = await memory.reserve(6 * MB)
    const large = memory.reserve(8 * MB)
    const small = memory.reserve(1 * MB)
    expect([await isSettled(large), await isSettled(small)]).toEqual([false, false])
    held[Symbol.dispose]()
    held[Symbol.dispose]()
    await Promise.all([large, small])
    expect(memory.usedOctets).toBe(9 * MB)
  })

  it('lets in alone what is larger than all there is', async () => {
    const memory = new SourceMemory(10 * MB)
    const small = await memory.reserve(MB)
    const huge = memory.reserve(50 * MB)
    expect(await isSettled(huge)).toBe(false)
    small[Symbol.dispose]()
    using block = await huge
    expect(block.allocate(50 * MB)).toHaveLength(50 * MB)
  })

  it('lets nobody wait for one who left', async () => {
    const memory = new SourceMemory(10 * MB)
    const held = await memory.reserve(6 * MB)
    const leaving = new AbortController()
    const large = memory.reserve(8 * MB, leaving.signal)
    const small = memory.reserve(MB)
    leaving.abort(new Error('gone'))
    await expect(large).rejects.toThrow('gone')
    await small
    expect(memory.usedOctets).toBe(7 * MB)
    held[Symbol.dispose]()
    await expect(memory.reserve(1, leaving.signal)).rejects.toThrow('gone')
  })
})
