import { describe, expect, it } from 'vitest'
import { hashIdentifier, normalizeIdentifier, readIdentifiers, type IdentifiedMessage } from './message-identifiers.ts'

const message = (change: Partial<IdentifiedMessage>): IdentifiedMessage => ({
  id: '01940000-0000-7000-8000-000000000001',
  messageIdHeader: '<own@example.org>',
  inReplyTo: null,
  references: [],
  ...change,
})

describe('normalizeIdentifier', () => {
  it.each([
    ['<one@example.org>', '<one@example.org>'],
    // The example of RFC 5256.
    ['<"01KF8JCEOCBS0045PS"@xxx.yyy.com>', '<01KF8JCEOCBS0045PS@xxx.yyy.com>'],
    [String.raw`<"a\"b\\c"@example.org>`, String.raw`<a"b\c@example.org>`],
    ['<a@b@example.org>', '<a@b@example.org>'],
    ['<One@Example.org>', '<One@Example.org>'],
    ['<undefined>', null],
    ['<null>', null],
    ['<@>', null],
    ['<@example.org>', null],
    ['<one@>', null],
    ['<""@example.org>', null],
    ['', null],
  ])('of %s is %s', (written, normal) => {
    expect(normalizeIdentifier(written)).toBe(normal)
  })
})

describe('readIdentifiers', () => {
  it('gives what is mentioned once, the nearest first', () => {
    const { own, mentioned } = readIdentifiers(message({ inReplyTo: '<c@x>', references: ['<a@x>', '<b@x>', '<a@x>', '<c@x>'] }))
    expect(own).toBe(hashIdentifier('<own@example.org>'))
    expect(mentioned).toEqual(['<c@x>', '<a@x>', '<b@x>'].map(hashIdentifier))
  })

  it('leaves out what is none, and the message itself', () => {
    const { mentioned } = readIdentifiers(message({ inReplyTo: '<own@example.org>', references: ['<undefined>', '<"own"@example.org>'] }))
    expect(mentioned).toEqual([])
  })

  it('bounds how many there are, and how long a hash is', () => {
    const references = Array.from({ length: 5_000 }, (_value, index) => `<${'x'.repeat(1_000)}${index}@example.org>`)
    const { mentioned } = readIdentifiers(message({ references }))
    expect(mentioned).toHaveLength(100)
    expect(mentioned[0]).toBe(hashIdentifier(references.at(-1) ?? ''))
    expect(mentioned.every((identifier) => /^[\da-f-]{36}$/u.test(identifier))).toBe(true)
  })

  it.each([null, '<undefined>'])('of a message whose Message-ID is %s names it alone, and always the same', (messageIdHeader) => {
    const one = readIdentifiers(message({ messageIdHeader }))
    expect(readIdentifiers(message({ messageIdHeader }))).toEqual(one)
    expect(readIdentifiers(message({ messageIdHeader, id: '01940000-0000-7000-8000-000000000002' })).own).not.toBe(one.own)
  })
})
