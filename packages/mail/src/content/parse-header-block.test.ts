import { describe, expect, it } from 'vitest'
import { CONTENT_LIMITS } from './content-limits.ts'
import { parseHeaderBlock, readValue } from './parse-header-block.ts'

function read(source: string, charset: string | null = null): { readonly fields: readonly string[]; readonly body: string } {
  const bytes = Buffer.from(source, 'latin1')
  const { fields, bodyStart } = parseHeaderBlock(bytes, { start: 0, end: bytes.length, likelyCharset: () => charset })
  return { fields: fields.map((field) => `${field.name}: ${readValue(field)}`), body: bytes.toString('latin1', bodyStart) }
}

describe('parseHeaderBlock', () => {
  it.each<[string, string, readonly string[], string]>([
    ['CRLF', 'A: 1\r\nB: 2\r\n 3\r\n\r\nbody', ['a: 1', 'b: 2 3'], 'body'],
    ['LF', 'A: 1\nB: 2\n\t3\n\nbody', ['a: 1', 'b: 2\t3'], 'body'],
    ['CRCRLF', 'A: 1\r\r\nB: 2\r\r\n\r\r\nbody', ['a: 1', 'b: 2'], 'body'],
    ['a header alone', 'A: 1', ['a: 1'], ''],
    ['nothing', '', [], ''],
    ['an empty line first', '\r\nA: 1\r\n\r\n', [], 'A: 1\r\n\r\n'],
    ['no field at all', 'Dear Ann: yes\r\n\r\nbody', [], 'Dear Ann: yes\r\n\r\nbody'],
    ['a text whose second line looks like a field', 'Dear Ann\r\nNote: yes\r\n\r\nbody', [], 'Dear Ann\r\nNote: yes\r\n\r\nbody'],
    ['a line before the header', 'junk\r\nFrom: a\r\n\r\nbody', ['from: a'], 'body'],
    ['a byte order mark', '\u00ef\u00bb\u00bfA: 1\r\n\r\nbody', ['a: 1'], 'body'],
    ['a byte order mark before a text', '\u00ef\u00bb\u00bfDear Ann', [], '\u00ef\u00bb\u00bfDear Ann'],
    ['an escaped mbox line', '>From a\r\nA: 1\r\n\r\nbody', ['a: 1'], 'body'],
    ['a line without a colon', 'A: 1\r\njunk\r\n more junk\r\nB: 2\r\n\r\n', ['a: 1', 'b: 2'], ''],
    ['a colon without a name', 'A: 1\r\n: x\r\nB: 2\r\n\r\n', ['a: 1', 'b: 2'], ''],
    ['a blank line that is not empty', 'A: 1\r\n \r\nB: 2\r\n\r\nbody', ['a: 1', 'b: 2'], 'body'],
  ])('reads %s', (_what, source, fields, body) => {
    expect(read(source)).toEqual({ fields, body })
  })

  it('decodes raw octets as UTF-8, else in the charset it is told, else as Windows-1252', () => {
    expect(read('A: \u00c3\u00bc\r\n\r\n', 'koi8-r').fields).toEqual(['a: ü'])
    expect(read('A: \u00f0\u00d2\r\n\r\n', 'koi8-r').fields).toEqual(['a: Пр'])
    expect(read('A: \u00fc\u0080\r\n\r\n').fields).toEqual(['a: ü€'])
  })

  it('asks for the charset only when it needs one', () => {
    const bytes = Buffer.from('A: ascii\r\nB: \u00c3\u00bc\r\nC: \u001b$BK\\\u001b(B\r\n\r\n', 'latin1')
    let asked = 0
    const likelyCharset = (): null => {
      asked += 1
      return null
    }
    const { fields } = parseHeaderBlock(bytes, { start: 0, end: bytes.length, likelyCharset })
    expect(fields.map((field) => readValue(field))).toEqual(['ascii', 'ü', '本'])
    expect(asked).toBe(0)
  })

  it('passes by the rest of a header over the limit', () => {
    const { fields, body } = read(`A: 1\r\nB: ${'x'.repeat(CONTENT_LIMITS.headerOctets)}\r\nC: 3\r\n\r\nbody`)
    expect(fields.map((field) => field.slice(0, 4))).toEqual(['a: 1', 'b: x'])
    expect(body).toBe('body')
  })
})
