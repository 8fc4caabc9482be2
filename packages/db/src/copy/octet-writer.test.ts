import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OctetWriter } from './octet-writer.ts'

function written(write: (out: OctetWriter) => void): Buffer {
  const out = new OctetWriter()
  write(out)
  return Buffer.concat(out.take())
}

describe('OctetWriter', () => {
  it('writes numbers big-endian', () => {
    const octets = written((out) => {
      out.int8(1)
      out.int16(0x0203)
      out.int32(-1)
      out.int64(-2n)
    })
    expect(octets.toString('hex')).toBe('010203fffffffffffffffffffffffe')
  })

  it('writes text and octets with their length before them, whatever their size', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('x'.repeat(9_000), 'ä€𝄞'.repeat(40_000)))),
        (texts) => {
          const octets = written((out) => {
            for (const text of texts) {
              out.text(text)
              out.octets(Buffer.from(text))
            }
          })
          const expected = texts
            .flatMap((text) => [text, text])
            .flatMap((text) => {
              const length = Buffer.alloc(4)
              length.writeInt32BE(Buffer.byteLength(text))
              return [length, Buffer.from(text)]
            })
          expect(octets.equals(Buffer.concat(expected))).toBe(true)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('measures what is written, across chunks and large pieces', () => {
    const large = Buffer.alloc(200_000, 7)
    const octets = written((out) => {
      out.bare(Buffer.alloc(65_534))
      out.measured(() => {
        out.text('abc')
        out.octets(large)
      })
      out.int8(9)
    })
    expect(octets.readInt32BE(65_534)).toBe(4 + 3 + 4 + large.length)
    expect(octets.length).toBe(65_534 + 4 + 4 + 3 + 4 + large.length + 1)
    expect(octets.at(-1)).toBe(9)
  })

  it('does not copy large octets', () => {
    const large = Buffer.alloc(100_000)
    const out = new OctetWriter()
    out.octets(large)
    expect(out.take().some((piece) => piece.buffer === large.buffer)).toBe(true)
  })
})
