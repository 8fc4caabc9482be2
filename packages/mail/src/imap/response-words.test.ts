import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolViolation } from '../wire/line-stream.ts'
import { ResponseScanner, type ResponseLine } from '../wire/response-scanner.ts'
import { ResponseWords, type ResponseWord } from './response-words.ts'

const LIMITS = { maxLiteralOctets: 1 << 20, maxResponseOctets: 2 << 20 }

/** One response, in chunks of so many octets. */
function read(text: string, chunkOctets = 1_000): ResponseWords {
  const words = new ResponseWords()
  words.begin()
  const scanner = new ResponseScanner(
    {
      passesAll: false,
      maxLineOctets: 1 << 20,
      passes: () => false,
      notice: () => {},
      read: (line: ResponseLine) => words.read(line),
      pass: () => {},
    },
    LIMITS,
  )
  const octets = Buffer.from(`${text}\r\n`)
  for (let at = 0; at < octets.length; at += chunkOctets) scanner.push(octets.subarray(at, at + chunkOctets))
  return words
}

/** Null: a violation. */
function tryRead(text: string): readonly ResponseWord[] | null {
  try {
    return read(text).words
  } catch (error) {
    if (error instanceof ProtocolViolation) return null
    throw error
  }
}

describe('words', () => {
  it.each<[string, string, ResponseWord[]]>([
    ['atoms', ' a INBOX 12 1:5 x[1] <y> a~', ['a', 'INBOX', '12', '1:5', 'x[1]', '<y>', 'a~']],
    ['strings', String.raw` "" "a b" "a\"\\b" "()" "nil"`, ['', 'a b', String.raw`a"\b`, '()', 'nil']],
    ['UTF-8', ' é "日本"', ['é', '日本']],
    ['NIL', ' NIL nil Nil nile', [null, null, null, 'nile']],
    ['literals', ' {5}\r\na\r\nb) {0}\r\n {3+}\r\nNIL ~{1}\r\nx', ['a\r\nb)', '', 'NIL', 'x']],
    ['lists', ' (a "b" NIL) () (c)', [['a', 'b', null], [], ['c']]],
    ['a literal in a list', ' (a {3}\r\nb c) d', [['a', 'b c'], 'd']],
    [
      'lists in lists, which are one word',
      ' (a (b (c)) d) ("X" ("Y" ("z")))',
      [
        ['a', null, 'd'],
        ['X', null],
      ],
    ],
    ['no blanks', '"/""x"(a)b', ['/', 'x', ['a'], 'b']],
    ['blanks where they may be and where not', '  a   ( b )  ', ['a', ['b']]],
    ['flags', String.raw` (\Sent \* %x) \x`, [['\\Sent', '\\*', '%x'], '\\x']],
    ['flags without a blank between', String.raw` (\Sent\HasNoChildren\*)`, [['\\Sent', '\\HasNoChildren', '\\*']]],
    ['a literal that is too long', ` {65537}\r\n${'x'.repeat(65_537)} b`, ['', 'b']],
    ['nothing', '', []],
  ])('are %s', (_what, text, words) => {
    for (const chunkOctets of [1, 2, 3, 7, 1_000]) {
      const found = read(text, chunkOctets)
      expect([found.words, found.isOdd]).toEqual([words, false])
    }
  })

  it.each([
    ' "a',
    ' (a',
    ' a)',
    ' a(b',
    ' a"b"',
    ' a*',
    ' *',
    ' ]',
    ' a%',
    ' a\u0001',
    ' {5} a',
    String.raw` (\Sent\ )`,
    String.raw` a\b`,
    String.raw` "a\"`,
    ' ('.repeat(101) + ')'.repeat(101),
  ])('of %j are odd', (text) => {
    expect(read(text).isOdd).toBe(true)
  })

  it('are forgotten with the response', () => {
    const words = read(' (a')
    words.begin()
    const octets = Buffer.from(' b')
    words.read({ octets, start: 0, end: octets.length, literal: -1 })
    expect([words.words, words.isOdd]).toEqual([['b'], false])
  })

  it('are no part of a literal that is longer than was said (faults B6)', () => {
    expect(() => read(' {2}\r\nabc')).toThrow(ProtocolViolation)
  })

  it('are bounded', () => {
    expect(read(' x'.repeat(5_000)).words).toHaveLength(2_000)
  })

  it('of anything at all are words, or odd, or a violation', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', 'b', ' ', '"', '\\', '(', ')', '{', '}', '1', '2', '~', '%', '*', '\t', '\r', 'é'),
          maxLength: 60,
        }),
        (text) => {
          expect((tryRead(text) ?? []).length).toBeLessThan(100)
        },
      ),
    )
  })
})
