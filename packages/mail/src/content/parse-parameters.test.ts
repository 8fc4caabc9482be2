import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseParameters } from './parse-parameters.ts'

const read = (header: string | null): [string, Record<string, string>] => {
  const { value, parameters } = parseParameters(header)
  return [value, Object.fromEntries(parameters)]
}

it.each<[string, string | null, string, Record<string, string>]>([
  ['a value alone', 'Text/Plain', 'text/plain', {}],
  ['nothing', null, '', {}],
  ['bare and quoted parameters', 'text/plain; charset=UTF-8; format="flowed"', 'text/plain', { charset: 'UTF-8', format: 'flowed' }],
  ['a semicolon within quotes', 'a/b; name="x;y=z"; c=d', 'a/b', { name: 'x;y=z', c: 'd' }],
  ['escapes within quotes', String.raw`a/b; name="a\"b\\c"`, 'a/b', { name: String.raw`a"b\c` }],
  [
    'the path of a file, whose backslashes escape nothing',
    String.raw`a/b; name="C:\temp\a.txt"`,
    'a/b',
    { name: String.raw`C:\temp\a.txt` },
  ],
  ['blanks around everything', 'a/b ;  name =  x ', 'a/b', { name: 'x' }],
  ['the first of two counts', 'a/b; name=x; name=y', 'a/b', { name: 'x' }],
  ['an encoded word that has no place here', 'a/b; name="=?utf-8?Q?=C3=BC?="', 'a/b', { name: 'ü' }],
  ['RFC 2231 charset', "a/b; name*=utf-8'de'%C3%BC%20x", 'a/b', { name: 'ü x' }],
  ['RFC 2231 continuations', 'a/b; name*0=long; name*1="er"', 'a/b', { name: 'longer' }],
  ['RFC 2231 continuations out of order', "a/b; name*1=c; name*0*=utf-8''%C3%BC", 'a/b', { name: 'üc' }],
  ['continuations of an encoded word', 'a/b; name*0="=?utf-8?Q?=C3"; name*1="=BC?="', 'a/b', { name: 'ü' }],
  ['RFC 2231 with a character in two segments', 'a/b; name*0*=utf-8\'\'a%C3; name*1*=%BCb; name*2="%20c"', 'a/b', { name: 'aüb%20c' }],
  ['RFC 2231 over the plain one', "a/b; name=plain; name*=utf-8''%C3%BC", 'a/b', { name: 'ü' }],
  ['RFC 2231 in another charset', "a/b; name*=koi8-r''%F0%D2", 'a/b', { name: 'Пр' }],
  ['a comment', 'text/html (as if); charset=utf-8', 'text/html', { charset: 'utf-8' }],
  ['an unfinished quote', 'a/b; name="x', 'a/b', { name: 'x' }],
])('%s', (_what, header, value, parameters) => {
  expect(read(header)).toEqual([value, parameters])
})

it('keeps no prototype: names come from outside', () => {
  expect(parseParameters('a/b; __proto__=x').parameters.get('__proto__')).toBe('x')
  expect(parseParameters('a/b').parameters.get('constructor')).toBeUndefined()
})

it.each([';', '; a="', "; a*0*=''%", '; a =', '; '])('is linear on 64 kB of %j', (piece) => {
  const started = process.cpuUsage()
  parseParameters(`a/b${piece.repeat(65_536 / piece.length)}`)
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_500)
})

it('never throws', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom(';', '=', '"', '*', "''", '%', '\\', 'name', '*0*=', '; name*1=x'))
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(typeof parseParameters(pieces.join('')).value).toBe('string')
    }),
  )
})
