import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTENT_LIMITS } from './content-limits.ts'
import { hashHeader } from './hash-header.ts'

const hashOf = (text: string): string => Buffer.from(hashHeader(Buffer.from(text, 'latin1'))).toString('hex')
const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex')

describe('hashHeader', () => {
  it.each<[string, string, string]>([
    ['a header and a body', 'A: b\r\nC: d\r\n\r\nbody', 'A: b\r\nC: d'],
    ['bare line feeds', 'A: b\nC: d\n\nbody\r\n\r\n', 'A: b\nC: d'],
    ['a CRLF header before a body with empty lines of LF', 'A: b\r\n\r\nx\n\ny', 'A: b'],
    ['an LF line before an empty line of CRLF', 'A: b\n\r\nbody', 'A: b'],
    ['a header alone', 'A: b\r\nC: d', 'A: b\r\nC: d'],
    ['a header and an empty line', 'A: b\r\nC: d\r\n\r\n', 'A: b\r\nC: d'],
    ['no header', '\r\nbody\r\n\r\nmore', ''],
    ['no header, LF', '\nbody\n\nmore', ''],
    ['nothing', '', ''],
    ['line breaks alone', '\r\n\r\n', ''],
    ['carriage returns alone', 'A: b\r\rbody', 'A: b\r\rbody'],
  ])('of %s', (_what, source, header) => {
    expect(hashOf(source)).toBe(sha256(header))
  })

  it('is the same of a message and of its header, with or without the empty line', () => {
    const field = fc.stringMatching(/^[A-Za-z]{1,8}: [ -~]{0,40}$/u)
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), fc.string({ maxLength: 200 }), fc.constantFrom('\r\n', '\n'), (fields, body, end) => {
        const header = fields.map((line) => `${line}${end}`).join('')
        const whole = hashOf(`${header}${end}${body}`)
        expect(hashOf(`${header}${end}`)).toBe(whole)
        expect(hashOf(header)).toBe(whole)
        expect(hashOf(`${header}${end}${end}`)).toBe(whole)
      }),
    )
  })

  it('cuts a header over the limit on both sides alike', () => {
    const header = `A: ${'x'.repeat(CONTENT_LIMITS.headerOctets)}\r\n`
    expect(hashOf(`${header}B: c\r\n\r\nbody`)).toBe(hashOf(`${header}B: c\r\n\r\n`))
    expect(hashOf(header)).toBe(sha256(header.slice(0, CONTENT_LIMITS.headerOctets)))
  })
})
