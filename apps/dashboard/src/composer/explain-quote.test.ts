import type { Quote } from '@maildock/client'
import { describe, expect, it } from 'vitest'
import { explainQuote } from './explain-quote.ts'

describe('explainQuote', () => {
  it.each<[Quote['bodyState'], boolean, RegExp | null]>([
    ['stored', true, null],
    ['unparsable', true, null],
    ['stored', false, /its end/u],
    ['pending', true, /on its way/u],
    ['too_large', true, /not stored/u],
  ])('%s, whole: %s', (bodyState, complete, expected) => {
    const told = explainQuote({ bodyState, complete })
    expect(expected === null ? told : expected.test(told ?? '')).toBe(expected === null ? null : true)
  })
})
