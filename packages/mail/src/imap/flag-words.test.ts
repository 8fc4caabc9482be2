import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sortFlagWords } from './flag-words.ts'

describe('sortFlagWords', () => {
  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['system flags and keywords', ['\\Seen', '$Label1', 'Work'], ['\\Seen'], ['$Label1', 'Work']],
    ['one spelling of a flag', ['\\SEEN', '\\seen', '\\fLaGgEd'], ['\\Flagged', '\\Seen'], []],
    ['no \\Recent: it is about the session', ['\\Recent', '\\RECENT'], [], []],
    ['flags nobody knows', ['\\Invented'], ['\\Invented'], []],
    ['octets a database can hold', ['a\0b', 'c\uD800'], [], ['a\uFFFDb', 'c\uFFFD']],
    ['no words that are documents', ['x'.repeat(256), ''], [], []],
  ])('keeps %s', (_what, given, flags, keywords) => {
    expect(sortFlagWords(given)).toEqual({ flags, keywords })
  })

  it('keeps two hundred keywords of five hundred (faults A24)', () => {
    expect(sortFlagWords(Array.from({ length: 500 }, (_value, index) => `k${index}`)).keywords).toHaveLength(200)
  })

  it('answers the same whatever the order of the flags', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (flags) => {
        expect(sortFlagWords(flags)).toEqual(sortFlagWords(flags.toReversed()))
      }),
    )
  })
})
