import { describe, expect, it } from 'vitest'
import { listInvalid, readRecipient, splitRecipients, writeRecipient } from './recipients.ts'

describe('readRecipient', () => {
  it.each([
    ['ada@example.com', { email: 'ada@example.com' }],
    ['  ada@example.com ', { email: 'ada@example.com' }],
    ['Ada Lovelace <ada@example.com>', { email: 'ada@example.com', name: 'Ada Lovelace' }],
    [String.raw`"Lovelace, \"Ada\"" <ada@example.com>`, { email: 'ada@example.com', name: 'Lovelace, "Ada"' }],
    ['<ada@example.com>', { email: 'ada@example.com' }],
    ['jürgen@bücher.example', { email: 'jürgen@bücher.example' }],
    ['ada', null],
    ['ada@', null],
    ['Ada <ada>', null],
    ['', null],
  ])('%j', (text, expected) => {
    expect(readRecipient(text)).toEqual(expected)
  })
})

describe('splitRecipients', () => {
  it.each([
    ['a@b.example, c@d.example;e@f.example\nA <g@h.example>', ['a@b.example', 'c@d.example', 'e@f.example', 'A <g@h.example>']],
    ['"Lovelace, Ada" <ada@example.com>, b@c.example', ['"Lovelace, Ada" <ada@example.com>', 'b@c.example']],
    ['a@b.example,,a@b.example', ['a@b.example']],
    [' , ', []],
  ])('%j', (text, expected) => {
    expect(splitRecipients(text)).toEqual(expected)
  })
})

describe('writeRecipient', () => {
  it.each([
    [{ name: null, address: 'a@b.example' }, 'a@b.example', { email: 'a@b.example' }],
    [{ name: 'Ada', address: 'a@b.example' }, 'Ada <a@b.example>', { email: 'a@b.example', name: 'Ada' }],
    [
      { name: 'Lovelace, "Ada"', address: 'a@b.example' },
      String.raw`"Lovelace, \"Ada\"" <a@b.example>`,
      { email: 'a@b.example', name: 'Lovelace, "Ada"' },
    ],
    [{ name: 'Group', address: null }, 'Group', null],
  ])('%j is read back', (correspondent, text, read) => {
    expect([writeRecipient(correspondent), readRecipient(text)]).toEqual([text, read])
  })
})

describe('listInvalid', () => {
  it('names what cannot be sent to', () => {
    expect(listInvalid(['a@b.example', 'nobody', 'A <a@b.example>'])).toEqual(['nobody'])
  })
})
