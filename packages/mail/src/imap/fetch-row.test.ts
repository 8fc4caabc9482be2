import { expect, it } from 'vitest'
import { newFetchRow, writeFlagsRow, type FetchRow } from './fetch-row.ts'

it.each<[string, Partial<FetchRow>, string | null]>([
  [
    'all there is',
    { uid: 5, modseq: 7n, flags: { flags: ['\\Seen'], keywords: ['$a', 'b'] } },
    '* 3 FETCH (UID 5 FLAGS (\\Seen $a b) MODSEQ (7))\r\n',
  ],
  ['flags alone', { flags: { flags: [], keywords: [] } }, '* 3 FETCH (FLAGS ())\r\n'],
  [
    'words that are no atoms',
    { flags: { flags: ['\\', '\\a b'], keywords: ['a(', 'b\r\nc', 'd"', '\u00fc', '[', 'e'] } },
    '* 3 FETCH (FLAGS (e))\r\n',
  ],
  ['no flags', { uid: 5 }, null],
  ['no number', { seq: -1, flags: { flags: [], keywords: [] } }, null],
  ['a number beyond 32 bits', { seq: 2 ** 40, flags: { flags: [], keywords: [] } }, null],
])('writes a row with %s', (_what, change, written) => {
  expect(writeFlagsRow({ ...newFetchRow(), seq: 3, ...change })).toBe(written)
})
