import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEncodedWords } from './encoded-words.ts'

describe('decodeEncodedWords', () => {
  it.each([
    ['plain text', 'plain text'],
    ['=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
    ['=?UTF-8?q?a_b?= c', 'a b c'],
    ['=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=', '日本'],
    ['=?koi8-r?B?8NLJ18XU?=', 'Привет'],
    ['=?utf-7?Q?+AOk-t+AOk-?=', 'été'],
    ['=?utf-8*de?Q?f=C3=BCr?=', 'für'],
    // Blanks between two words vanish; blanks beside text stay.
    ['=?utf-8?Q?a?= =?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?Q?a?=\t =?koi8-r?B?8A==?=', 'aП'],
    ['x =?utf-8?Q?a?= y', 'x a y'],
    // A character split between two words.
    ['=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=', 'ü'],
    ['=?utf-8?B?44Ob?= =?utf-8?B?44O8?=', 'ホー'],
    // The same, of which one half is written in base64 and the other is not.
    ['=?utf-8?Q?=E3?= =?utf-8?B?g5s=?=', 'ホ'],
    ['=?utf-8?B?4w==?= =?utf-8?Q?=83=9B?=', 'ホ'],
    // Base64 cut within a group of four, or ended without its padding.
    ['=?utf-8?B?44Ob4?=\r\n =?utf-8?B?4O8?=', 'ホー'],
    ['=?utf-8?B?YQ?= =?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?B?YQ==?= =?utf-8?B?Yg==?=', 'ab'],
    ['=?iso-2022-jp?B?GyRCRnw=?= =?iso-2022-jp?B?S1wbKEI=?=', '日本'],
    ['=?gb2312?B?xOM=?= =?GB2312?Q?=BA=C3?=', '你好'],
    ['=?x-unknown?Q?abc?=', 'abc'],
    ['=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
    ['=?utf-8?Q?unfinished', '=?utf-8?Q?unfinished'],
    // Question marks that should have been encoded (RFC 2047 section 4.2), and often are not.
    ['=?utf-8?Q?Are_you_there??=', 'Are you there?'],
    ['=?utf-8?Q?Why?_So?= =?utf-8?B?dGhhdA==?=', 'Why? Sothat'],
    ['=?utf-8?Q?unfinished =?utf-8?Q?b?=', '=?utf-8?Q?unfinished b'],
    ['=?=?=?=', '=?=?=?='],
  ])('%j is %j', (encoded, expected) => {
    expect(decodeEncodedWords(encoded)).toBe(expected)
  })

  it('is linear on a header of half words', () => {
    const started = process.cpuUsage()
    decodeEncodedWords('=?utf-8?Q?'.repeat(100_000))
    decodeEncodedWords('=?utf-8?Q?a?= '.repeat(50_000))
    decodeEncodedWords(`=?utf-8?Q?${'?a'.repeat(500_000)}`)
    decodeEncodedWords('=?utf-8?Q???'.repeat(100_000))
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(3_000)
  })

  it('never throws', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('=?', '?=', '?Q?', '?B?', 'utf-8', '=C3', ' '))
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof decodeEncodedWords(pieces.join(''))).toBe('string')
      }),
    )
  })
})
