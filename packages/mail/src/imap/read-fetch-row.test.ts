import type { FetchMessageObject } from 'imapflow'
import { describe, expect, it } from 'vitest'
import { readFlagsRow } from './read-fetch-row.ts'

const row = (change: Partial<FetchMessageObject> = {}): FetchMessageObject => ({
  seq: 1,
  uid: 5,
  flags: new Set<string>(),
  size: 10,
  ...change,
})

describe('readFlagsRow', () => {
  it('sorts flags from keywords', () => {
    expect(readFlagsRow(row({ flags: new Set(['\\SEEN', 'Work', '\\Recent']), modseq: 7n }))).toEqual({
      uid: 5,
      flags: ['\\Seen'],
      keywords: ['Work'],
      modseq: 7n,
    })
  })

  it.each<[string, Partial<FetchMessageObject>]>([
    ['no flags', { flags: undefined }],
    ['UID 0', { uid: 0 }],
    ['a UID beyond 32 bits', { uid: 2 ** 32 }],
    ['a UID that is no whole number', { uid: 1.5 }],
  ])('a row with %s says nothing', (_what, change) => {
    expect(readFlagsRow(row(change))).toBeNull()
  })
})
