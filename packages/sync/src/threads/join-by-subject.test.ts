import { describe, expect, it } from 'vitest'
import { composeThreadable as mail, type Threadable } from '../../test/fixture/compose-threadable.ts'
import { OWN_ADDRESS, ThreadBook } from '../../test/fixture/thread-book.ts'

const ADA = 'ada@example.org'
const BOB = 'bob@example.org'

const hello: Threadable = { id: 'a', subject: 'Hello', from: ADA }
const answer: Threadable = { id: 'b', subject: 'Re: Hello', from: ADA, day: 1 }

/** Each alone, in this order. */
function together(...messages: readonly Threadable[]): string[] {
  const book = new ThreadBook()
  for (const message of messages) {
    book.receive(mail(message))
  }
  return book.partition()
}

/** The same answer for each of them alone in order, alone in the reverse order, and in one batch. */
function inAnyOrder(...messages: readonly Threadable[]): string[] {
  const forward = together(...messages)
  expect(together(...messages.toReversed())).toEqual(forward)
  const book = new ThreadBook()
  book.receive(...messages.map(mail))
  expect(book.partition()).toEqual(forward)
  return forward
}

describe('an answer that names no message', () => {
  it.each<[string, Threadable, Threadable]>([
    ['Re:', hello, answer],
    ['Fwd:', hello, { ...answer, subject: 'Fwd: Hello' }],
    ['AW:', hello, { ...answer, subject: 'AW: Hello' }],
    ['a list that marks its mail', hello, { ...answer, subject: '[list] Re: [list] hello' }],
    ['an answer of ours', hello, { ...answer, from: OWN_ADDRESS, to: ADA }],
    ['an answer to us', { ...hello, from: OWN_ADDRESS, to: ADA }, answer],
    ['an answer to an answer', { ...hello, subject: 'Re: Hello' }, answer],
    ['thirty days', hello, { ...answer, day: 30 }],
  ])('joins the thread of its subject: %s', (_what, original, reply) => {
    expect(inAnyOrder(original, reply)).toEqual(['a b'])
  })

  it.each<[string, Threadable, Threadable]>([
    ['no answer by its subject', hello, { ...answer, subject: 'Hello' }],
    ['another subject', hello, { ...answer, subject: 'Re: Hello again' }],
    ['no subject at all', { ...hello, subject: '' }, { ...answer, subject: 'Re:' }],
    ['nobody in common but ourselves', hello, { ...answer, from: BOB }],
    ['too long ago', hello, { ...answer, day: 30.01 }],
    ['it came before what it would answer', { ...hello, day: 2 }, answer],
    ['it names a message, known or not', hello, { ...answer, references: ['elsewhere'] }],
  ])('stays alone: %s', (_what, original, reply) => {
    expect(inAnyOrder(original, reply)).toEqual(['a', 'b'])
  })

  it('joins the newest of several that began before it', () => {
    const weekly = [0, 7, 14].map((day) => ({ ...hello, id: `week${day}`, day }))
    expect(inAnyOrder(...weekly, { ...answer, day: 8 })).toEqual(['b week7', 'week0', 'week14'])
  })

  it('brings along those that answer it', () => {
    const later = { id: 'c', references: ['b'], subject: 'Re: Hello', from: BOB, day: 2 }
    expect(inAnyOrder(hello, answer, later)).toEqual(['a b c'])
  })

  it('waits for what it answers: newest first, that comes later', () => {
    const book = new ThreadBook()
    book.receive(mail(answer))
    expect([...book.threads.values()]).toMatchObject([{ awaitsOriginal: true }])
    book.receive(mail(hello))
    expect([...book.threads.values()]).toMatchObject([{ awaitsOriginal: false, messageCount: 2 }])
    // The one before that is not taken for it any more.
    book.receive(mail({ ...hello, id: 'c', day: -1 }))
    expect(book.partition()).toEqual(['a b', 'c'])
  })

  it('goes on to the next thread when the newest is full', () => {
    const book = new ThreadBook(2)
    book.receive(mail(hello))
    book.receive(mail({ ...hello, id: 'full1', day: 1 }), mail({ id: 'full2', references: ['full1'], day: 1 }))
    book.receive(mail({ ...answer, day: 2 }))
    expect(book.partition()).toEqual(['a b', 'full1 full2'])
  })

  it('chains what a robot answers to itself, for as long as it does not rest', () => {
    const reports = [0, 20, 40, 80].map((day) => ({ id: `day${day}`, subject: 'Re: Report', day }))
    expect(together(...reports)).toEqual(['day0 day20 day40', 'day80'])
  })
})
