import { describe, expect, it } from 'vitest'
import { readVanished } from './read-changes.ts'

const set = (value: unknown): unknown => ({ type: 'SEQUENCE', value })
const EARLIER = [{ type: 'ATOM', value: 'EARLIER' }]

describe('readVanished (RFC 7162 section 3.2.10)', () => {
  it.each<[string, readonly unknown[], ReturnType<typeof readVanished>]>([
    [
      'told later',
      [EARLIER, set('1:3,7')],
      {
        earlier: true,
        ranges: [
          { from: 1, to: 3 },
          { from: 7, to: 7 },
        ],
      },
    ],
    ['told at once', [set('9')], { earlier: false, ranges: [{ from: 9, to: 9 }] }],
    [
      'everything there can be stays one range',
      [EARLIER, set('1:4294967295')],
      { earlier: true, ranges: [{ from: 1, to: 4_294_967_295 }] },
    ],
    ['a range upside down', [EARLIER, set('5:2')], { earlier: true, ranges: [{ from: 2, to: 5 }] }],
    ['nonsense between ranges', [set('0,x,1:y,99999999999,4,*,2:*')], { earlier: false, ranges: [{ from: 4, to: 4 }] }],
    ['no set at all', [EARLIER], { earlier: true, ranges: [] }],
    ['nothing', [], { earlier: false, ranges: [] }],
  ])('%s', (_what, attributes, expected) => {
    expect(readVanished({ attributes })).toEqual(expected)
  })
})
