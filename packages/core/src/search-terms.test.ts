import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldSearchText } from './fold-search-text.ts'
import { listSearchTerms, SEARCH_LIMITS } from './search-terms.ts'

describe('listSearchTerms', () => {
  it.each<[string, string, readonly string[]]>([
    ['words in order, as often as they stand there', 'The cat. the CAT!', ['the', 'cat', 'the', 'cat']],
    [
      'letters without their diacritics',
      'Élan Größe Łódź smørrebrød Ærø Đỗ naïve',
      ['elan', 'grosse', 'lodz', 'smorrebrod', 'aero', 'do', 'naive'],
    ],
    ['letters taken apart as letters in one', 'e\u0301lan', ['elan']],
    ['Turkish, Greek and Cyrillic', 'İstanbul ılık ΟΔΟΣ Ёлка', ['istanbul', 'ilik', 'οδοσ', 'елка']],
    ['full width and ligatures', 'ＡＢＣ１２ ﬁle', ['abc12', 'file']],
    ['the points of Hebrew and Arabic', 'שָׁלוֹם مُحَمَّد', ['שלום', 'محمد']],
    ['Hindi with its vowel signs', 'हिन्दी में', ['हिन्दी', 'में']],
    ['Korean by its blanks', '회의를 합니다', ['회의를', '합니다']],
    ['a soft hyphen and joiners within a word', 'be\u00adreit a\u200cb', ['bereit', 'ab']],
    ['apostrophes and hyphens between words', "l'été e-mail", ['l', 'ete', 'e', 'mail']],
    ['Chinese and Japanese in pairs', '会議室 テスト', ['会議', '議室', 'テス', 'スト']],
    ['Thai in pairs', 'ไทย', ['ไท', 'ทย']],
    ['a character alone', '山 a', ['山', 'a']],
    ['pairs beyond the basic plane', '𠀀𠀁𠀂', ['𠀀𠀁', '𠀁𠀂']],
    ['scripts side by side', '2024年度report', ['2024', '年度', 'report']],
    [
      'an address: its words, its host, itself',
      'Ann.Lee+tag@Mail.Example',
      ['ann', 'lee', 'tag', 'mail', 'example', 'mail.example', 'ann.lee+tag@mail.example'],
    ],
    ['an address of one name', 'root@localhost', ['root', 'localhost', 'root@localhost']],
    ['the host of a link', 'https://www.a-b.example/x?y=z', ['https', 'www', 'a', 'b', 'example', 'www.a-b.example', 'x', 'y', 'z']],
    ['a file', 'Report_v2.final.pdf', ['report', 'v2', 'final', 'pdf', 'report_v2.final.pdf']],
    ['numbers', '12.50 1,000 ½', ['12', '50', '12.50', '1', '000', '1', '2']],
    ['the end of a sentence: no host', 'See there. Then@ (x).', ['see', 'there', 'then', 'x']],
    ['nothing', '', []],
    ['signs alone', '-- ... @@@ \u0000 \ud800', []],
  ])('%s', (_what, text, terms) => {
    expect(listSearchTerms(text)).toEqual(terms)
  })

  it('drops what no person wrote: long words, and addresses too long to be one', () => {
    const word = 'x'.repeat(SEARCH_LIMITS.wordCharacters)
    expect(listSearchTerms(`a ${word}x b ${word}`)).toEqual(['a', 'b', word])
    expect(listSearchTerms(`${'a.'.repeat(200)}b@c`)).not.toContainEqual(expect.stringContaining('@'))
  })

  it('stops at its limits', () => {
    expect(listSearchTerms('a '.repeat(50_000))).toHaveLength(SEARCH_LIMITS.terms)
    expect(listSearchTerms('会'.repeat(60_000))).toHaveLength(SEARCH_LIMITS.terms)
    expect(listSearchTerms('a@b.example '.repeat(5_000))).toHaveLength(SEARCH_LIMITS.terms)
    expect(listSearchTerms(`${' '.repeat(SEARCH_LIMITS.characters)}late`)).toEqual([])
  })

  it.each([
    ['joints', 'a.'.repeat(500_000)],
    ['signs', '@'.repeat(1_000_000)],
    ['marks', 'e\u0301\u0301'.repeat(300_000)],
    ['letters that become eighteen', '\ufdfa'.repeat(65_536)],
  ])('reads a megabyte of %s, in no more than linear time: the test would time out', (_what, hostile) => {
    const terms = listSearchTerms(hostile, { ...SEARCH_LIMITS, characters: hostile.length })
    expect(terms.length).toBeLessThanOrEqual(SEARCH_LIMITS.terms)
  })
})

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc
    .array(
      fc.constantFrom(
        'a',
        'É',
        'ß',
        '@',
        '.',
        '-',
        ' ',
        '会',
        'ไ',
        'か',
        '\u3099',
        'ｶ',
        '\uff9e',
        'ह',
        '\u093f',
        '½',
        '…',
        '＠',
        '．',
        'ﷺ',
        'İ',
        '\u0345',
        '\u0301',
        '\u00ad',
        '\ufe0f',
        '\ud840',
        '\udc00',
        'ᄒ',
        'ᅡ',
        'ᆫ',
        '😀',
      ),
      { maxLength: 60 },
    )
    .map((units) => units.join('')),
)

describe('whatever the text', () => {
  it('gives terms that can be stored, found again and are not blank', () => {
    fc.assert(
      fc.property(text, (any) => {
        for (const term of listSearchTerms(any)) {
          expect(term.isWellFormed()).toBe(true)
          expect(term).toMatch(/^[^\s\u0000]+$/u)
          expect(term.length).toBeLessThanOrEqual(SEARCH_LIMITS.addressCharacters)
          // A term typed into a query is the term that was indexed.
          expect(listSearchTerms(term)).toContain(term)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives the terms of the folded text, though it folds word by word', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(listSearchTerms(any)).toEqual(listSearchTerms(foldSearchText(any.toWellFormed())))
      }),
      { numRuns: 5_000 },
    )
  })

  it('gives the same terms for letters in one and taken apart', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(listSearchTerms(any.normalize('NFD'))).toEqual(listSearchTerms(any.normalize('NFC')))
      }),
      { numRuns: 1_000 },
    )
  })
})
