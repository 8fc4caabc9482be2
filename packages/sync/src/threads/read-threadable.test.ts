import { describe, expect, it } from 'vitest'
import { composeThreadable } from '../../test/fixture/compose-threadable.ts'
import { listCorrespondents, readThreadable } from './read-threadable.ts'

const RECEIVED = new Date('2026-01-15T10:00:00Z')

describe('readThreadable', () => {
  it.each([
    ['as it says', new Date('2025-12-01T10:00:00Z'), '2025-12-01T10:00:00.000Z'],
    ['not later than it was received', new Date('2031-01-01T00:00:00Z'), RECEIVED.toISOString()],
    ['when it was received, if it does not say', null, RECEIVED.toISOString()],
  ])('a message was written %s', (_what, sentAt, written) => {
    const { writtenMs } = readThreadable({ ...composeThreadable({ id: 'a' }), sentAt, receivedAt: RECEIVED })
    expect(new Date(writtenMs).toISOString()).toBe(written)
  })

  it.each([
    ['Re: Hello', [], true],
    ['Re: Hello', ['a'], false],
    ['Re: Hello', ['<undefined>'], true],
    ['Hello', [], false],
    ['Re:', [], false],
  ])('with subject %s and references %j seeks by its subject: %s', (subject, references, seeks) => {
    expect(readThreadable(composeThreadable({ id: 'b', subject, references })).seeksBySubject).toBe(seeks)
  })

  it('gives one hash to subjects that differ in marks and case alone', () => {
    const [one, other] = ['AW: [list] Größe', 'grösse'].map(
      (subject) => readThreadable(composeThreadable({ id: 'a', subject })).subjectHash,
    )
    expect(one).toBe(other)
    expect(readThreadable(composeThreadable({ id: 'a', subject: '' })).subjectHash).toBeNull()
  })
})

const people = (...addresses: (string | null)[]): { name: null; address: string | null }[] =>
  addresses.map((address) => ({ name: null, address }))

describe('listCorrespondents', () => {
  it('tells each once, without the account and without what is no address', () => {
    const message = {
      from: people('Ada@example.org'),
      to: people('READER@example.org', 'bob@example.org'),
      cc: people('ada@EXAMPLE.org', null),
    }
    expect(listCorrespondents(message, 'reader@example.org')).toEqual(new Set(['ada@example.org', 'bob@example.org']))
  })

  it('asks no more than twenty', () => {
    const many = people(...Array.from({ length: 1_000 }, (_value, index) => `a${index}@example.org`))
    expect(listCorrespondents({ from: many, to: many, cc: many }, '').size).toBe(20)
  })
})
