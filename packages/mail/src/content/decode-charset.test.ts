import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCharset } from './decode-charset.ts'

const hex = (digits: string): Uint8Array => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

describe('decodeCharset', () => {
  it.each([
    ['iso-2022-jp', hex('1b 24 42 46 7c 4b 5c 38 6c 1b 28 42'), '日本語'],
    ['ISO-2022-JP-MS', hex('1b 24 42 46 7c 4b 5c 1b 28 42'), '日本'],
    ['shift_jis', hex('93 fa 96 7b'), '日本'],
    ['cp932', hex('93 fa 96 7b'), '日本'],
    ['euc-jp', hex('c6 fc cb dc'), '日本'],
    ['gb18030', hex('c4 e3 ba c3 81 30 81 30'), '你好\u0080'],
    ['gb2312', hex('c4 e3 ba c3'), '你好'],
    ['cp936', hex('c4 e3 ba c3'), '你好'],
    ['big5', hex('a7 41 a6 6e'), '你好'],
    ['euc-kr', hex('c7 d1 b1 b9'), '한국'],
    ['ks_c_5601-1987', hex('c7 d1 b1 b9'), '한국'],
    ['koi8-r', hex('f0 d2 c9 d7 c5 d4'), 'Привет'],
    ['windows-1251', hex('cf f0 e8 e2 e5 f2'), 'Привет'],
    ['cp1251', hex('cf f0 e8 e2 e5 f2'), 'Привет'],
    ['x-cp1251', hex('cf f0 e8 e2 e5 f2'), 'Привет'],
    ['win-1251', hex('cf f0 e8 e2 e5 f2'), 'Привет'],
    ['cp866', hex('8f e0 a8 a2 a5 e2'), 'Привет'],
    ['iso-8859-8-i', hex('f9 ec e5 ed'), 'שלום'],
    ['windows-1256', hex('e3 d1 cd c8 c7'), 'مرحبا'],
    ['iso-8859-15', hex('a4'), '€'],
    ['windows-1252', hex('80 93 94'), '€“”'],
    ['macintosh', hex('8a'), 'ä'],
    ['utf-16le', hex('41 00 42 00'), 'AB'],
    ['utf-16', hex('41 00'), 'A'],
    ['iso-2022-kr', latin1('\u001b$)C\u000eGQ19\u000f = Korea\n\u000eGQ\nplain'), '한국 = Korea\n한\nplain'],
    ['csISO2022KR', latin1('\u000eGQ19'), '한국'],
    ['hz-gb-2312', latin1('a ~~{ b ~{<:Ky2;S{~}.~\nx ~{VP\nplain ~{!~~}'), 'a ~{ b 己所不欲.x 中\nplain 〓'],
    ['hz', latin1('~{VPND~}'), '中文'],
    ['utf-7', latin1('Hi +AOk-t+AOk- +- +2D3eAA-'), 'Hi été + 😀'],
    ['unicode-1-1-utf-7', latin1('+AOk-'), 'é'],
    ['"UTF-8"', hex('c3 a9'), 'é'],
    ['utf8', hex('c3 a9'), 'é'],
    // RFC 2231 section 5: a language may follow.
    ['utf-8*en', hex('c3 a9'), 'é'],
    // RFC 2045 section 5.1: so may a comment.
    ['iso-8859-2 (Central Europe)', hex('b1'), 'ą'],
  ])('reads %s', (charset, bytes, expected) => {
    expect(decodeCharset(bytes, charset)).toBe(expected)
  })

  it.each([
    ['UTF-8 that calls itself ASCII', hex('47 72 c3 bc c3 9f 65'), 'us-ascii', 'Grüße'],
    ['UTF-8 that calls itself Latin-1', hex('47 72 c3 bc c3 9f 65'), 'iso-8859-1', 'Grüße'],
    ['Latin-1 that calls itself UTF-8', hex('47 72 fc df 65'), 'utf-8', 'Grüße'],
    ['UTF-8 with one broken octet', hex('c3 bc ff c3 bc'), 'utf-8', 'ü\uFFFDü'],
    ['overlong UTF-8', hex('c3 bc c0 af'), 'utf-8', 'ü\uFFFD\uFFFD'],
    ['Latin-1 without a label', hex('47 72 fc df 65'), null, 'Grüße'],
    ['an unknown label', hex('47 72 fc df 65'), 'x-klingon', 'Grüße'],
    ['an empty label', hex('c3 bc'), '', 'ü'],
    ['a label that is a trap', hex('c3 bc'), '__proto__', 'ü'],
    ['octets of the user’s own meaning', hex('47 72 fc df 65'), 'x-user-defined', 'Grüße'],
    ['ISO-2022-JP that calls itself ASCII', hex('1b 24 42 46 7c 4b 5c 1b 28 42'), 'us-ascii', '日本'],
    ['ISO-2022-JP without a label', hex('41 1b 24 40 46 7c 4b 5c 1b 28 4a 42'), null, 'A日本B'],
    ['UTF-8 with an escape that begins no Japanese', hex('1b 24 42 c3 bc'), null, '\u001b$Bü'],
    ['UTF-16 with a mark that denies its label', hex('fe ff 04 1f'), 'utf-16le', 'П'],
    ['big-endian UTF-16 with its mark', hex('fe ff 00 41 00 42'), 'utf-16', 'AB'],
    ['little-endian UTF-16 without a mark', hex('1f 04 40 04 38 04 32 04 35 04 42 04'), 'utf-16', 'Привет'],
    ['big-endian UTF-16 without a mark', hex('04 1f 04 40 04 38 04 32 04 35 04 42'), 'unicode', 'Привет'],
  ])('reads %s', (_what, bytes, charset, expected) => {
    expect(decodeCharset(bytes, charset)).toBe(expected)
  })

  it('never throws, whatever octets and label', () => {
    const labels = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'utf-7',
        'utf-8',
        'iso-2022-jp',
        'gb18030',
        'utf-16',
        'utf-16be',
        'x-user-defined',
        'replacement',
        'iso-2022-kr',
        'hz',
      ),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.option(labels), (bytes, label) => {
        expect(typeof decodeCharset(bytes, label)).toBe('string')
      }),
    )
  })

  it.each(['iso-2022-kr', 'hz', 'utf-7', 'utf-16', 'us-ascii'])('is linear on two megabytes of shifts that call themselves %s', (label) => {
    const started = process.cpuUsage()
    for (const piece of ['\u000e', '~{', '~', '~{!', '+', '+A', '\u001b$B', '\u001b']) {
      decodeCharset(latin1(piece.repeat(2_000_000 / piece.length)), label)
    }
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(4_000)
  })

  it('gives back what was written in UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // A leading U+FEFF is a byte order mark, not text.
        fc.pre(!text.startsWith('\uFEFF'))
        expect(decodeCharset(Buffer.from(text, 'utf8'), 'utf-8')).toBe(text)
      }),
    )
  })
})
