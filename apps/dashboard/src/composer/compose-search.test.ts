import { describe, expect, it } from 'vitest'
import { readComposeStart, validateComposeSearch } from './compose-search.ts'

describe('readComposeStart', () => {
  it.each([
    [{}, { kind: 'blank', accountId: null }],
    [{ account: 'a' }, { kind: 'blank', accountId: 'a' }],
    [
      { draft: 'd', account: 'a', reply: 'm' },
      { kind: 'draft', draftId: 'd' },
    ],
    [
      { account: 'a', reply: 'm' },
      { kind: 'quote', accountId: 'a', id: 'm', mode: 'reply' },
    ],
    [
      { account: 'a', reply_all: 'm' },
      { kind: 'quote', accountId: 'a', id: 'm', mode: 'reply_all' },
    ],
    [
      { account: 'a', forward: 'm' },
      { kind: 'quote', accountId: 'a', id: 'm', mode: 'forward' },
    ],
    [{ forward: 'm' }, { kind: 'blank', accountId: null }],
    [
      { draft: 3, account: ['a'] },
      { kind: 'blank', accountId: null },
    ],
  ])('%j', (search, expected) => {
    expect(readComposeStart(validateComposeSearch(search))).toEqual(expected)
  })
})
