import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTENT_LIMITS } from './content-limits.ts'
import { parseAddresses } from './parse-addresses.ts'

const one = (name: string | null, address: string | null): { name: string | null; address: string | null } => ({ name, address })

describe('parseAddresses', () => {
  it.each([
    ['a@b.example', [one(null, 'a@b.example')]],
    ['<a@b.example>', [one(null, 'a@b.example')]],
    ['Ann Bee <a@b.example>', [one('Ann Bee', 'a@b.example')]],
    ['"Bee, Ann" <a@b.example>, c@d.example', [one('Bee, Ann', 'a@b.example'), one(null, 'c@d.example')]],
    ['"Ann \\"A\\" Bee" <a@b.example>', [one('Ann "A" Bee', 'a@b.example')]],
    ['a@b.example (Ann Bee)', [one('Ann Bee', 'a@b.example')]],
    ['(only (nested) comment) <a@b.example>', [one('only (nested) comment', 'a@b.example')]],
    ['=?utf-8?Q?J=C3=BCrgen?= <j@b.example>', [one('Jürgen', 'j@b.example')]],
    ['"=?utf-8?Q?J=C3=BCrgen?=" <j@b.example>', [one('Jürgen', 'j@b.example')]],
    ['Jürgen <ü@ö.example>', [one('Jürgen', 'ü@ö.example')]],
    ['Team: a@b.example, "C" <c@d.example>; e@f.example', [one(null, 'a@b.example'), one('C', 'c@d.example'), one(null, 'e@f.example')]],
    ['undisclosed-recipients:;', []],
    ['user@[127.0.0.1]', [one(null, 'user@[127.0.0.1]')]],
    ['user@[IPv6:2001:db8::1]', [one(null, 'user@[IPv6:2001:db8::1]')]],
    ['<@relay.example:a@b.example>', [one(null, 'a@b.example')]],
    ['Ann <a@b.example', [one('Ann', 'a@b.example')]],
    [`<${'@relay.example,'.repeat(20)}@last.example:a@b.example>`, [one(null, 'a@b.example')]],
    ['Ann <a@b.example, Bob <b@b.example>', [one('Ann', 'a@b.example'), one('Bob', 'b@b.example')]],
    ['a@b.example;c@d.example', [one(null, 'a@b.example'), one(null, 'c@d.example')]],
    ['just a name', [one('just a name', null)]],
    ['<>', []],
    ['', []],
    [',,;,', []],
  ])('%j', (header, expected) => {
    expect(parseAddresses(header)).toEqual(expected)
  })
})

describe('tricks with what an address seems to be (CVE-2025-13033 and its kin)', () => {
  it.each([
    [
      'an encoded word that looks like an address is a name',
      '=?utf-8?Q?boss=40corp.example?= <evil@bad.example>',
      one('boss@corp.example', 'evil@bad.example'),
    ],
    ['an encoded word alone is no address', '=?utf-8?Q?boss=40corp.example?=', one('boss@corp.example', null)],
    [
      'an encoded angle address is a name',
      '=?utf-8?Q?=3Cboss=40corp.example=3E?= <evil@bad.example>',
      one('<boss@corp.example>', 'evil@bad.example'),
    ],
    [
      'an encoded word within the brackets is not decoded',
      'x <=?utf-8?Q?boss=40corp.example=3E?=@bad.example>',
      one('x', '=?utf-8?Q?boss=40corp.example=3E?=@bad.example'),
    ],
    ['a quoted local part keeps its quotes', '"boss@corp.example"@bad.example', one(null, '"boss@corp.example"@bad.example')],
    [
      'a quoted local part keeps its quotes in brackets',
      'X <"boss@corp.example> "@bad.example>',
      one('X', '"boss@corp.example> "@bad.example'),
    ],
    ['of two bracketed addresses the last one is meant', '<boss@corp.example> <evil@bad.example>', one(null, 'evil@bad.example')],
    ['a name cannot turn the reading direction', 'a\u202Eb <a@b.example>', one('ab', 'a@b.example')],
    ['a name cannot hold a line break', '"a\r\nb" <a@b.example>', one('a b', 'a@b.example')],
  ])('%s', (_what, header, expected) => {
    expect(parseAddresses(header)).toEqual([expected])
  })
})

it('bounds their number and length', () => {
  expect(parseAddresses('a@b.example,'.repeat(5_000))).toHaveLength(CONTENT_LIMITS.addresses)
  expect(parseAddresses(`${'n'.repeat(10_000)} <${'a'.repeat(10_000)}@b.example>`)[0]?.name?.length).toBe(CONTENT_LIMITS.nameCharacters)
})

it.each(['"', '(', '<', '\\', ',', ':', '[', '"\\', '<"', 'a@', ',<"\\"'])('is linear on 64 kB of %j', (piece) => {
  const started = process.cpuUsage()
  parseAddresses(piece.repeat(65_536 / piece.length))
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_500)
})

it('never throws and never invents an address', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('"', '(', ')', '<', '>', ',', ';', ':', '\\', '@', '=?utf-8?Q?=40?=', 'a@b.example', '\0'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const header = pieces.join('')
      for (const { address } of parseAddresses(header)) {
        expect(address ?? '@').toContain('@')
        expect(address ?? '').not.toContain('\0')
      }
    }),
  )
})
