import { EmailAddress } from '@maildock/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMailPath } from './mail-path.ts'

describe('parseMailPath', () => {
  test.each([
    ['ada@example.org', 'ada@example.org', false],
    ['Ada@EXAMPLE.org', 'Ada@example.org', false],
    ['ada@b\u00fccher.example', 'ada@xn--bcher-kva.example', false],
    ['ada@stra\u00dfe.example', 'ada@xn--strae-oqa.example', false],
    ['j\u00fcrgen@b\u00fccher.example', 'j\u00fcrgen@xn--bcher-kva.example', true],
    ['a..b.@docomo.example', 'a..b.@docomo.example', false],
    ['"a b>\\" @x"@example.org', '"a b>\\" @x"@example.org', false],
    ['root@localhost', 'root@localhost', false],
    ["o'hara+tag/x=1@example.org", "o'hara+tag/x=1@example.org", false],
  ])('%s is %s', (text, address, needsSmtputf8) => {
    expect(parseMailPath(text)).toMatchObject({ address, needsSmtputf8 })
  })

  test.each(
    [
      '',
      '@',
      'a',
      'a@',
      '@b',
      'a@b c',
      'a@[127.0.0.1]',
      'a@[IPv6:::1]',
      'a@127.0.0.1',
      'a@2130706433',
      'a@b..c',
      'a@b\r\nc',
      'a\r\n@b',
      'a\0@b',
    ].concat([
      'a b@c',
      '<a@b>',
      'a@b>',
      'a@b@c',
      'a,b@c',
      '"a@b',
      '"a"b"@c',
      '"a\r\n"@b',
      'a@%00b',
      '\ud800@b',
      `${'x'.repeat(250)}@example.org`,
    ]),
  )('%j is none', (text) => {
    expect(parseMailPath(text)).toBeNull()
  })

  test('what is one fits between angle brackets, and is one again', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.tuple(fc.string({ unit: 'binary' }), fc.domain()).map(([local, domain]) => `"${local}"@${domain}`),
    )
    fc.assert(
      fc.property(anyText, (text) => {
        const path = parseMailPath(text)
        if (path === null) return
        expect(path.address).not.toMatch(/[\r\n\0]/u)
        expect(path.address.replace(/^"(?:[^"\\]|\\.)*"/u, '')).not.toMatch(/[<>\s",]/u)
        expect(parseMailPath(path.address)).toEqual(path)
      }),
    )
  })

  test('every address that may be connected or written to, of a domain, is one', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        expect(EmailAddress.safeParse(text).success).toBe(parseMailPath(text) !== null)
      }),
    )
  })
})
