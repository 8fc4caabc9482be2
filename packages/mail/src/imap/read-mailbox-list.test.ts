import type { ListResponse } from 'imapflow'
import { describe, expect, it } from 'vitest'
import { MAX_MAILBOXES, readBigInt, readMailboxList, readMailboxStatus } from './read-mailbox-list.ts'

const entry = (path: string, change: Partial<ListResponse> = {}): ListResponse => ({
  path,
  pathAsListed: path,
  name: path,
  delimiter: '/',
  parent: [],
  parentPath: '',
  flags: new Set(),
  listed: true,
  subscribed: true,
  ...change,
})

describe('readMailboxList', () => {
  it('keeps the first of two of one name', () => {
    const { mailboxes } = readMailboxList([entry('INBOX'), entry('Sent', { specialUse: '\\Sent' }), entry('Sent')])
    expect(mailboxes.map(({ path, specialUse }) => [path, specialUse])).toEqual([
      ['INBOX', '\\Inbox'],
      ['Sent', '\\Sent'],
    ])
  })

  it.each<[string, ListResponse]>([
    ['empty', entry('')],
    ['with U+0000', entry('a\0b')],
    ['with a lone surrogate', entry('a\uD800b')],
    ['of 5 001 characters', entry('x'.repeat(5_001))],
  ])('leaves out a name %s, and then proves nothing', (_what, odd) => {
    const { mailboxes, complete } = readMailboxList([entry('INBOX'), odd])
    expect(mailboxes.map(({ path }) => path)).toEqual(['INBOX'])
    expect(complete).toBe(false)
  })

  it('is bounded', () => {
    const { mailboxes, complete } = readMailboxList([
      entry('INBOX'),
      ...Array.from({ length: MAX_MAILBOXES }, (_value, index) => entry(`m${index}`)),
    ])
    expect([mailboxes.length, complete]).toEqual([MAX_MAILBOXES, false])
  })

  it.each([
    ['\\Important', '\\Important'],
    ['\\Invented', null],
    [undefined, null],
  ])('reads the special use %s as %s', (specialUse, expected) => {
    expect(readMailboxList([entry('x', { specialUse })]).mailboxes[0]?.specialUse).toBe(expected)
  })

  it.each([
    ['/', '/'],
    ['', null],
    ['//', '/'],
  ])('reads the delimiter %j as %j', (delimiter, expected) => {
    expect(readMailboxList([entry('x', { delimiter })]).mailboxes[0]?.delimiter).toBe(expected)
  })
})

describe('readMailboxStatus', () => {
  it('takes what is a number of the right kind', () => {
    expect(readMailboxStatus({ path: 'x', messages: 3, uidNext: 4, uidValidity: 5n, highestModseq: 6n })).toEqual({
      messages: 3,
      uidNext: 4,
      uidValidity: 5n,
      highestModseq: 6n,
    })
  })

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 33])('takes %s for nothing told', (messages) => {
    expect(readMailboxStatus({ path: 'x', messages })?.messages).toBeUndefined()
  })

  it('of a refusal is null', () => {
    expect(readMailboxStatus(false)).toBeNull()
  })
})

it.each([
  [0n, 0n],
  [2n ** 63n - 1n, 2n ** 63n - 1n],
  [2n ** 63n, undefined],
  [-1n, undefined],
  [5, undefined],
  ['5', undefined],
])('readBigInt(%s) is %s', (value, expected) => {
  expect(readBigInt(value)).toBe(expected)
})

describe('names and attributes as servers spell them', () => {
  it.each(['\\Noselect', '\\NOSELECT', '\\noselect', '\\NonExistent', '\\NONEXISTENT'])('take %s for what cannot be opened', (flag) => {
    expect(readMailboxList([entry('INBOX'), entry('Parent', { flags: new Set([flag]) })]).mailboxes).toMatchObject([
      { selectable: true },
      { selectable: false },
    ])
  })

  it('leave out a name that would not fit the index, by its octets; the list is not complete then', () => {
    expect(readMailboxList([entry('INBOX'), entry('é'.repeat(1_000))])).toMatchObject({ complete: true })
    const { mailboxes, complete } = readMailboxList([entry('INBOX'), entry('é'.repeat(1_001))])
    expect({ paths: mailboxes.map(({ path }) => path), complete }).toEqual({ paths: ['INBOX'], complete: false })
  })
})
