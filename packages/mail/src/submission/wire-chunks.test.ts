import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toWireChunks } from './wire-chunks.ts'

function onTheWire(source: string): string {
  return Buffer.concat([...toWireChunks(Buffer.from(source, 'latin1'))]).toString('latin1')
}

describe('toWireChunks', () => {
  test.each([
    ['', ''],
    ['a', 'a\r\n'],
    ['a\r\n', 'a\r\n'],
    ['.', '..\r\n'],
    ['.\r\n..\r\n', '..\r\n...\r\n'],
    ['a\n.\nb', 'a\r\n..\r\nb\r\n'],
    ['a\r.\rb', 'a\r\n..\r\nb\r\n'],
    ['a\n.\r\nb\r.\r\n', 'a\r\n..\r\nb\r\n..\r\n'],
    ['\r\r\n\n', '\r\n\r\n\r\n'],
    ['a.b\r\n', 'a.b\r\n'],
  ])('%j is %j', (source, expected) => {
    expect(onTheWire(source)).toBe(expected)
  })

  test('ends nowhere but at its end, and is read back as the same lines', () => {
    const octets = fc
      .array(fc.constantFrom('\r', '\n', '\r\n', '.', '\r\n.\r\n', 'a', '\0', '\u00ff'), { maxLength: 60 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(octets, (source) => {
        const wire = onTheWire(source)
        expect(wire).not.toMatch(/\r(?!\n)|(?<!\r)\n|(?:^|\n)\.(?:\r|\n|$)/u)
        const unstuffed = wire.replaceAll(/(^|\n)\./gu, '$1')
        const lines = source.replaceAll(/\r\n|\r|\n/gu, '\r\n')
        expect(unstuffed).toBe(lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`)
      }),
    )
  })

  test.each([65_534, 65_535, 65_536, 65_537])('whatever the joint at %i octets falls on', (length) => {
    for (const end of ['\r\n.\r\n', '\n.\n', '\r.\r']) {
      const wire = onTheWire(`${'x'.repeat(length)}${end}y`)
      expect(wire).toBe(`${'x'.repeat(length)}\r\n..\r\ny\r\n`)
    }
  })
})
