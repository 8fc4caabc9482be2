import { describe, expect, it } from 'vitest'
import { OutputMemory } from './output-memory.ts'

const lend = (octets: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(octets))

describe('OutputMemory', () => {
  it('leaves octets in the output, one behind the other', () => {
    const output = lend(10)
    const memory = new OutputMemory(output)
    const moved = [memory.move(Buffer.from('abc')), memory.move(Buffer.from('de'))]
    expect(moved.map((octets) => [octets.byteOffset, Buffer.from(octets).toString()])).toEqual([
      [0, 'abc'],
      [3, 'de'],
    ])
    expect(moved.every(({ buffer }) => buffer === output.buffer)).toBe(true)
    expect(memory.transfer).toEqual([])
  })

  it('hands over what does not fit, and leaves room for what does', () => {
    const memory = new OutputMemory(lend(4))
    const [fits, pooled, large] = [Buffer.from('ab'), Buffer.from('pooled'), Buffer.alloc(80_000, 'x')]
    const octets = [fits, pooled, large, Buffer.from('cd')].map((one) => memory.move(one))
    expect(octets.map((one) => Buffer.from(one).toString().slice(0, 6))).toEqual(['ab', 'pooled', 'xxxxxx', 'cd'])
    expect(memory.transfer).toEqual([octets[1]?.buffer, large.buffer])
    // The pool is not handed over with a view of it.
    expect(memory.transfer[0]?.byteLength).toBe(6)
  })

  it('gives memory back at once when its octets were moved', () => {
    const memory = new OutputMemory(lend(100_000))
    const large = Buffer.alloc(80_000, 'x')
    expect(memory.move(large)).toHaveLength(80_000)
    expect(large.buffer.byteLength).toBe(0)
  })

  it('leaves the pool alone, whatever is cut from it', () => {
    for (let octets = 1_000; octets < 2 * Buffer.poolSize; octets += 1_000) {
      for (const room of [octets, 0]) {
        const memory = new OutputMemory(lend(room))
        expect(memory.move(Buffer.allocUnsafe(octets).fill('x'))).toHaveLength(octets)
        // Would throw for memory that cannot be handed over.
        structuredClone(null, { transfer: [...memory.transfer] })
      }
    }
  })
})
