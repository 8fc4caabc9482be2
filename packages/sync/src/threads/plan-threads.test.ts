import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { composeThreadable as mail, type Threadable } from '../../test/fixture/compose-threadable.ts'
import { ThreadBook } from '../../test/fixture/thread-book.ts'

/** Messages that arrive one at a time, in this order. */
function receiveEach(...messages: readonly Threadable[]): ThreadBook {
  const book = new ThreadBook()
  for (const message of messages) {
    book.receive(mail(message))
  }
  return book
}

const together = (...messages: readonly Threadable[]): string[] => receiveEach(...messages).partition()

describe('a thread', () => {
  it.each<[string, readonly Threadable[], readonly string[]]>([
    ['a message and its answer', [{ id: 'a' }, { id: 'b', references: ['a'] }], ['a b']],
    ['an answer by In-Reply-To alone', [{ id: 'a' }, { id: 'b', inReplyTo: 'a' }], ['a b']],
    ['an answer that came first', [{ id: 'b', references: ['a'] }, { id: 'a' }], ['a b']],
    [
      'two answers to what never came',
      [
        { id: 'b', references: ['a'] },
        { id: 'c', references: ['a'] },
      ],
      ['b c'],
    ],
    ['a branch', [{ id: 'a' }, { id: 'b', references: ['a'] }, { id: 'c', references: ['a'] }], ['a b c']],
    [
      'a copy of a message',
      [
        { id: 'sent', header: 'a' },
        { id: 'list', header: 'a' },
      ],
      ['list sent'],
    ],
    [
      'messages that name each other',
      [
        { id: 'a', references: ['b'] },
        { id: 'b', references: ['a'] },
      ],
      ['a b'],
    ],
    ['a message that names itself', [{ id: 'a', references: ['a'] }, { id: 'b' }], ['a', 'b']],
    ['no two messages of nothing in common', [{ id: 'a' }, { id: 'b' }], ['a', 'b']],
    [
      'no two messages without a Message-ID',
      [
        { id: 'a', header: null },
        { id: 'b', header: null },
      ],
      ['a', 'b'],
    ],
    [
      'nothing by what is no identifier',
      [
        { id: 'a', references: ['<undefined>'] },
        { id: 'b', inReplyTo: '<undefined>' },
      ],
      ['a', 'b'],
    ],
    [
      'no two originals of one subject',
      [
        { id: 'a', subject: 'Hello' },
        { id: 'b', subject: 'Hello' },
      ],
      ['a', 'b'],
    ],
  ])('is %s', (_what, messages, expected) => {
    expect(together(...messages)).toEqual(expected)
    const atOnce = new ThreadBook()
    atOnce.receive(...messages.map(mail))
    expect(atOnce.partition()).toEqual(expected)
  })

  it('is merged into the older one when the missing link arrives, and its id stays known', () => {
    const book = receiveEach({ id: 'a' }, { id: 'c', references: ['b'] }, { id: 'd', references: ['c'] })
    const [older, younger] = [book.threadIds.get('a'), book.threadIds.get('c')]
    book.receive(mail({ id: 'b', references: ['a'] }))
    expect(book.partition()).toEqual(['a b c d'])
    expect(new Set(book.threadIds.values())).toEqual(new Set([older]))
    expect([...book.aliases]).toEqual([[younger, older]])
    expect(book.threads.get(older ?? '')).toMatchObject({ messageCount: 4 })
  })

  it('that was merged twice is known under its first id', () => {
    const book = receiveEach({ id: 'a' }, { id: 'b' }, { id: 'c' })
    const first = book.threadIds.get('c') ?? ''
    book.receive(mail({ id: 'x', references: ['b', 'c'] }))
    book.receive(mail({ id: 'y', references: ['a', 'c'] }))
    expect(book.aliases.get(first)).toBe(book.threadIds.get('a'))
    expect(book.partition()).toEqual(['a b c x y'])
  })

  it('knows when it began and when it was last written to, in whatever order that came', () => {
    const book = receiveEach({ id: 'b', references: ['a'], day: 5 }, { id: 'a', day: 1 }, { id: 'c', references: ['a'], day: 3 })
    const [thread] = book.threads.values()
    expect(thread).toMatchObject({ firstMessageMs: Date.parse('2026-01-16T10:00:00Z'), lastMessageMs: Date.parse('2026-01-20T10:00:00Z') })
  })
})

const hub = (id: string): Threadable => ({ id, references: ['hub'] })

describe('a thread that is full', () => {
  it('takes no more: what one identifier ties together is no conversation', () => {
    const book = new ThreadBook(3)
    book.receive(...['a', 'b', 'c', 'd'].map((id) => mail(hub(id))))
    book.receive(mail(hub('e')))
    expect(book.partition()).toEqual(['a b c', 'd', 'e'])
  })

  it('is gone on with in a new one by those who answer there', () => {
    const book = new ThreadBook(3)
    book.receive(...['a', 'b', 'c', 'd'].map((id) => mail(hub(id))))
    book.receive(mail({ id: 'e', references: ['hub', 'd'] }))
    expect(book.partition()).toEqual(['a b c', 'd e'])
  })

  it('is not made by a merge: the message stays with the nearest of those it names', () => {
    const book = new ThreadBook(3)
    book.receive(mail({ id: 'a' }), mail({ id: 'b', references: ['a'] }), mail({ id: 'c' }), mail({ id: 'd', references: ['c'] }))
    book.receive(mail({ id: 'e', references: ['a', 'c'] }))
    expect(book.partition()).toEqual(['a b', 'c d e'])
  })
})

interface Story {
  readonly messages: readonly Threadable[]
  /** Where a batch ends and the next begins. */
  readonly cuts: readonly number[]
  readonly order: readonly number[]
}

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']
const identifier = fc.constantFrom(...IDS)
const SIZE = 14

/** Messages that have, and mention, anything: the same Message-ID twice, circles, what never comes. */
const story: fc.Arbitrary<Story> = fc.record({
  messages: fc
    .array(
      fc.record({ header: fc.option(identifier), references: fc.array(identifier, { maxLength: 3 }), inReplyTo: fc.option(identifier) }),
      {
        minLength: 1,
        maxLength: SIZE,
      },
    )
    .map((messages) =>
      messages.map(({ inReplyTo, ...message }, index) => ({ id: `m${index}`, ...message, ...(inReplyTo === null ? {} : { inReplyTo }) })),
    ),
  cuts: fc.array(fc.boolean(), { minLength: SIZE, maxLength: SIZE }).map((ends) => ends.flatMap((end, index) => (end ? [index] : []))),
  order: fc.shuffledSubarray(
    Array.from({ length: SIZE }, (_value, index) => index),
    { minLength: SIZE },
  ),
})

function* batchesOf({ messages, cuts, order }: Story): Generator<Threadable[]> {
  let batch: Threadable[] = []
  for (const [index, position] of order.entries()) {
    const message = messages[position]
    batch.push(...(message === undefined ? [] : [message]))
    if (batch.length > 0 && (cuts.includes(index) || index === order.length - 1)) {
      yield batch
      batch = []
    }
  }
}

function tell(tale: Story, maxMessages?: number): ThreadBook {
  const book = new ThreadBook(maxMessages)
  for (const batch of batchesOf(tale)) {
    book.receive(...batch.map(mail))
  }
  return book
}

const names = ({ id, header, references = [], inReplyTo }: Threadable): string[] =>
  [header ?? id, ...references, inReplyTo ?? ''].filter((name) => name !== '')

/** Who is connected with whom, found the slow way: spreading from each message until nothing is added. */
function connect(messages: readonly Threadable[]): string[] {
  const reach = (start: Threadable): string => {
    const seen = new Set(names(start))
    for (let before = 0; before < seen.size;) {
      before = seen.size
      for (const message of messages) {
        if (names(message).some((name) => seen.has(name))) {
          names(message).forEach((name) => seen.add(name))
        }
      }
    }
    return messages
      .filter((message) => names(message).some((name) => seen.has(name)))
      .map(({ id }) => id)
      .toSorted()
      .join(' ')
  }
  return [...new Set(messages.map(reach))].toSorted()
}

describe('whatever comes, in whatever order and batches', () => {
  it('those who are connected are together, and nobody else', () => {
    fc.assert(
      fc.property(story, (tale) => {
        expect(tell(tale).partition()).toEqual(connect(tale.messages))
      }),
      { numRuns: 500 },
    )
  })

  it('the same messages again change nothing', () => {
    fc.assert(
      fc.property(story, story, (tale, again) => {
        const book = tell(tale)
        const before = new Map(book.threadIds)
        for (const batch of batchesOf({ ...again, messages: tale.messages })) {
          book.receive(...batch.map(mail))
        }
        expect(book.threadIds).toEqual(before)
      }),
    )
  })

  it('the thread of a message changes by a merge alone, and to an older one', () => {
    fc.assert(
      fc.property(story, (tale) => {
        const book = tell(tale)
        for (const { from, to } of book.moves) {
          expect(to < from).toBe(true)
          expect(book.threads.has(book.aliases.get(from) ?? '')).toBe(true)
        }
      }),
    )
  })

  it('no thread has more messages than it may, and its count is never too low', () => {
    fc.assert(
      fc.property(story, fc.integer({ min: 1, max: 4 }), (tale, maxMessages) => {
        const book = tell(tale, maxMessages)
        expect(book.threadIds.size).toBe(tale.messages.length)
        for (const [threadId, members] of Map.groupBy(book.threadIds, ([, id]) => id)) {
          expect(members.length).toBeLessThanOrEqual(maxMessages)
          expect(book.threads.get(threadId)?.messageCount).toBe(members.length)
        }
      }),
    )
  })
})
