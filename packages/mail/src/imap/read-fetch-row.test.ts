import type { FetchMessageObject } from 'imapflow'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAttributesRow, readFlagsRow } from './read-fetch-row.ts'

const row = (change: Partial<FetchMessageObject> = {}): FetchMessageObject => ({
  seq: 1,
  uid: 5,
  flags: new Set<string>(),
  size: 10,
  ...change,
})

describe('readFlagsRow', () => {
  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['system flags and keywords', ['\\Seen', '$Label1', 'Work'], ['\\Seen'], ['$Label1', 'Work']],
    ['one spelling of a flag', ['\\SEEN', '\\seen', '\\fLaGgEd'], ['\\Flagged', '\\Seen'], []],
    ['no \\Recent: it is about the session', ['\\Recent', '\\RECENT'], [], []],
    ['flags nobody knows', ['\\Invented'], ['\\Invented'], []],
    ['octets a database can hold', ['a\0b', 'c\uD800'], [], ['a\uFFFDb', 'c\uFFFD']],
    ['no words that are documents', ['x'.repeat(256), ''], [], []],
  ])('keeps %s', (_what, given, flags, keywords) => {
    expect(readFlagsRow(row({ flags: new Set(given) }))).toEqual({ uid: 5, flags, keywords, modseq: null })
  })

  it('keeps two hundred keywords of five hundred (faults A24)', () => {
    expect(readFlagsRow(row({ flags: new Set(Array.from({ length: 500 }, (_value, index) => `k${index}`)) }))?.keywords).toHaveLength(200)
  })

  it.each<[string, Partial<FetchMessageObject>]>([
    ['no flags', { flags: undefined }],
    ['UID 0', { uid: 0 }],
    ['a UID beyond 32 bits', { uid: 2 ** 32 }],
    ['a UID that is no whole number', { uid: 1.5 }],
  ])('a row with %s says nothing', (_what, change) => {
    expect(readFlagsRow(row(change))).toBeNull()
  })

  it('answers the same whatever the order of the flags', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (flags) => {
        expect(readFlagsRow(row({ flags: new Set(flags) }))).toEqual(readFlagsRow(row({ flags: new Set(flags.toReversed()) })))
      }),
    )
  })
})

describe('readAttributesRow', () => {
  it.each<[string, Partial<FetchMessageObject>, unknown]>([
    ['a date', { internalDate: new Date('2026-01-15T10:00:00Z') }, { internalDate: new Date('2026-01-15T10:00:00Z') }],
    ['a date that is a word', { internalDate: 'nonsense' }, { internalDate: null }],
    ['a date before 1970', { internalDate: new Date(-1) }, { internalDate: null }],
    ['a date beyond the calendar', { internalDate: new Date(8.64e15) }, { internalDate: null }],
    ['no date', {}, { internalDate: null }],
    ['a size below zero', { size: -1 }, { sizeOctets: 0 }],
    ['an identifier', { emailId: 'M1' }, { emailId: 'M1' }],
    ['an empty identifier', { emailId: '' }, { emailId: null }],
    ['a long identifier', { emailId: 'x'.repeat(300) }, { emailId: 'x'.repeat(255) }],
  ])('%s', (_what, change, expected) => {
    expect(readAttributesRow(row(change))).toMatchObject(expected as object)
  })

  it('without a size says nothing', () => {
    expect(readAttributesRow(row({ size: undefined }))).toBeNull()
  })
})
