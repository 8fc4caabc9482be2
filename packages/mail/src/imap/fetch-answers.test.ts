import { describe, expect, it } from 'vitest'
import { MailFault } from '../mail-fault.ts'
import { collectAttributes, collectContents, collectFlags, collectHeaders, type ContentWanted } from './fetch-answers.ts'
import { newFetchRow, type FetchRow } from './fetch-row.ts'

const SEEN = { flags: ['\\Seen'], keywords: [] }
const NONE = { flags: [], keywords: [] }

function rowOf(change: Partial<FetchRow>): FetchRow {
  return { ...newFetchRow(), seq: 1, ...change }
}

describe('collectFlags', () => {
  it('takes rows of the range, the last of each message, ascending', () => {
    const { answer, finish } = collectFlags({ from: 5, to: 9 }, 100)
    const taken = [9, 5, 4, 10, 5].map((uid, index) => answer.take(rowOf({ uid, flags: index === 4 ? SEEN : NONE, modseq: 3n })))
    expect(taken).toEqual([true, true, false, false, true])
    expect(finish()).toEqual([
      { uid: 5, ...SEEN, modseq: 3n },
      { uid: 9, ...NONE, modseq: 3n },
    ])
  })

  it('does not take what is no flags, and wants no content', () => {
    const { answer, finish } = collectFlags({ from: 1, to: 9 }, 100)
    expect([answer.take(rowOf({ uid: 5 })), answer.take(rowOf({ flags: SEEN }))]).toEqual([false, false])
    expect(answer.claim(rowOf({ uid: 5 }), 'source', 10)).toBeNull()
    expect(finish()).toEqual([])
  })

  it('counts every row, taken or not (faults B7)', () => {
    const { answer } = collectFlags({ from: 1, to: 9 }, 2)
    answer.take(rowOf({ uid: 5, flags: SEEN }))
    answer.take(rowOf({}))
    expect(() => answer.take(rowOf({}))).toThrow(MailFault)
  })
})

describe('collectAttributes', () => {
  it('takes whole rows of messages that were asked for', () => {
    const { answer, finish } = collectAttributes([7, 5])
    const rows = [rowOf({ uid: 7, flags: SEEN, sizeOctets: 1 }), rowOf({ uid: 5, flags: NONE, sizeOctets: 2 })]
    const others = [rowOf({ uid: 7, flags: SEEN }), rowOf({ uid: 6, flags: SEEN, sizeOctets: 1 })]
    expect([...rows, ...others].map((row) => answer.take(row))).toEqual([true, true, false, false])
    expect(finish().map(({ uid, sizeOctets }) => [uid, sizeOctets])).toEqual([
      [5, 2],
      [7, 1],
    ])
  })
})

describe('collectHeaders', () => {
  it('puts together what came in rows of their own', () => {
    const { answer, finish } = collectHeaders([5, 6, 7])
    answer.take(rowOf({ uid: 5, header: Buffer.from('a') }))
    answer.take(rowOf({ uid: 5, flags: SEEN, sizeOctets: 1 }))
    answer.take(rowOf({ uid: 6, header: Buffer.from('b') }))
    answer.take(rowOf({ uid: 7, flags: SEEN, sizeOctets: 1 }))
    expect(finish().map(({ attributes, header }) => [attributes.uid, header.toString()])).toEqual([[5, 'a']])
  })

  it('leaves news of flags to who waits for them', () => {
    const { answer } = collectHeaders([5])
    expect(answer.take(rowOf({ uid: 5, flags: SEEN }))).toBe(false)
  })

  it('keeps a megabyte of a header', () => {
    const { answer } = collectHeaders([5])
    expect(answer.claim(rowOf({ uid: 5 }), 'header', 5 << 20)).toHaveLength(1 << 20)
  })
})

const wanted = (change: Partial<ContentWanted> = {}): ContentWanted => ({
  item: 'source',
  maxOctets: 100,
  maxTotalOctets: 1_000,
  allocate: (octets) => Buffer.alloc(octets),
  ...change,
})

describe('collectContents', () => {
  it('claims memory once a message, and for nothing else', () => {
    const { answer, finish } = collectContents([5], wanted())
    const source = answer.claim(rowOf({ uid: 5 }), 'source', 3)
    expect(source).toHaveLength(3)
    answer.take(rowOf({ uid: 5, source }))
    expect(answer.claim(rowOf({ uid: 5 }), 'source', 3)).toBeNull()
    expect(answer.claim(rowOf({ uid: 6 }), 'source', 3)).toBeNull()
    expect(answer.claim(rowOf({ uid: 5 }), 'header', 3)).toBeNull()
    expect([...finish().keys()]).toEqual([5])
  })

  it('claims memory before the UID is told, and keeps the first of two', () => {
    const { answer, finish } = collectContents([5], wanted())
    expect(answer.claim(rowOf({}), 'source', 3)).toHaveLength(3)
    expect(answer.take(rowOf({ uid: 5, source: Buffer.from('a') }))).toBe(true)
    expect(answer.take(rowOf({ uid: 5, source: Buffer.from('b') }))).toBe(true)
    expect(answer.take(rowOf({ uid: 6, source: Buffer.from('c') }))).toBe(true)
    expect(finish().get(5)?.toString()).toBe('a')
  })

  it('gives as many octets as there are, of memory that has more', () => {
    const { answer } = collectContents([5], wanted({ allocate: () => Buffer.alloc(64) }))
    expect(answer.claim(rowOf({ uid: 5 }), 'source', 3)).toHaveLength(3)
  })

  it('claims no more for all of them together than is allowed (faults B7)', () => {
    const uids = [1, 2, 3, 4]
    const { answer } = collectContents(uids, wanted({ maxOctets: 10, maxTotalOctets: 25 }))
    expect(uids.slice(0, 2).map((uid) => answer.claim(rowOf({ uid }), 'source', 1_000)?.length)).toEqual([10, 10])
    expect(answer.claim(rowOf({ uid: 9 }), 'source', 1_000)).toBeNull()
    expect(answer.claim(rowOf({ uid: 3 }), 'source', 5)).toHaveLength(5)
    expect(() => answer.claim(rowOf({ uid: 4 }), 'source', 1)).toThrow(MailFault)
  })

  it('refuses memory that has less', () => {
    const { answer } = collectContents([5], wanted({ allocate: () => Buffer.alloc(2) }))
    expect(() => answer.claim(rowOf({ uid: 5 }), 'source', 3)).toThrow(RangeError)
  })
})
