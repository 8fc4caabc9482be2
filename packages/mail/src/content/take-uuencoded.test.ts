import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTENT_LIMITS } from './content-limits.ts'
import { decodeUuencoded, takeUuencoded } from './take-uuencoded.ts'

const character = (six: number): string => (six === 0 ? '`' : String.fromCharCode(six + 0x20))

/** As uuencode writes it: 45 octets a line, a grave accent for zero. */
function encode(octets: Uint8Array, name: string): string {
  const lines: string[] = []
  for (let start = 0; start < octets.length; start += 45) {
    const line = octets.subarray(start, start + 45)
    let text = character(line.length)
    for (let index = 0; index < line.length; index += 3) {
      const word = ((line[index] ?? 0) << 16) | ((line[index + 1] ?? 0) << 8) | (line[index + 2] ?? 0)
      text += [18, 12, 6, 0].map((shift) => character((word >>> shift) & 0x3f)).join('')
    }
    lines.push(text)
  }
  return [`begin 644 ${name}`, ...lines, '`', 'end', ''].join('\n')
}

describe('takeUuencoded', () => {
  it('takes files out of a text and leaves the rest', () => {
    const octets = Uint8Array.from({ length: 256 }, (_value, index) => index)
    const text = `Hello,\r\n${encode(octets, 'a b.bin')}and\n${encode(octets.subarray(0, 45), 'c')}bye`
    const { files, ...rest } = takeUuencoded(text)
    expect(rest).toEqual({ text: 'Hello,\r\nand\nbye' })
    expect(files).toMatchObject([
      { filename: 'a b.bin', sizeOctets: 256 },
      { filename: 'c', sizeOctets: 45 },
    ])
    expect(files.map(decodeUuencoded)).toEqual([Buffer.from(octets), Buffer.from(octets.subarray(0, 45))])
  })

  it('takes any octets, whatever line ends and lost blanks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), (octets, end, blanks) => {
        const encoded = encode(octets, 'x')
        const sent = blanks ? encoded.replaceAll('`', ' ').replaceAll(/ +\n/gu, '\n') : encoded
        const { text, files } = takeUuencoded(`a\n${sent}b`.replaceAll('\n', end))
        expect([text, files.map(({ filename }) => filename), files.map(decodeUuencoded)]).toEqual([
          `a${end}b`,
          ['x'],
          [Buffer.from(octets)],
        ])
      }),
      { examples: [[new Uint8Array(100), '\n', true]] },
    )
  })

  it.each([
    ['no end', 'begin 644 a\n#0V%T\n`\n'],
    ['a line that is too long', 'begin 644 a\n#0V%TXXXX\n`\nend\n'],
    ['a line without a length', 'begin 644 a\na\n`\nend\n'],
    ['a sentence', 'begin 644 a\nWhen in Rome\nend\n'],
    ['no mode', 'begin a\n#0V%T\n`\nend\n'],
    ['a quote', '> begin 644 a\n> #0V%T\n> `\n> end\n'],
  ])('leaves what has %s', (_what, text) => {
    expect(takeUuencoded(text)).toEqual({ text, files: [] })
  })

  it('takes so many files and no more', () => {
    const { files, text } = takeUuencoded('begin 644 a\nend\n'.repeat(CONTENT_LIMITS.uuencodedFiles + 1))
    expect(files).toHaveLength(CONTENT_LIMITS.uuencodedFiles)
    expect(text).toBe('begin 644 a\nend\n')
  })

  it.each(['begin 644 a\n', 'begin 644 ', '`\n', ' ', `begin 644 a\n${'`\n'.repeat(1_000)}x\n`, 'begin 644 a\nend\n'])(
    'is linear on four megabytes of %j',
    (piece) => {
      const started = process.cpuUsage()
      takeUuencoded(`begin 644 a\n${piece.repeat(4_000_000 / piece.length)}`)
      expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000)
    },
  )
})
