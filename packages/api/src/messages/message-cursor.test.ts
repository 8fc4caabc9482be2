import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMessageCursor, parseMessageCursor } from './message-cursor.ts'

const ID = '550e8400-e29b-41d4-a716-446655440000'
const refused = expect.objectContaining({
  code: 'validation.failed',
  details: { fieldErrors: { cursor: [expect.any(String)] }, formErrors: [] },
})

describe('a cursor', () => {
  it('comes back as it was, for any time a mail can have and any id', () => {
    const times = fc.date({ noInvalidDate: true, min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') })
    fc.assert(
      fc.property(fc.record({ receivedAt: times, messageId: fc.uuid() }), (cursor) => {
        expect(parseMessageCursor(formatMessageCursor(cursor))).toEqual(cursor)
      }),
    )
  })

  it('is short and fits into an address as it is', () => {
    expect(formatMessageCursor({ receivedAt: new Date('9999-12-31T23:59:59.999Z'), messageId: ID })).toMatch(/^[\w-]{1,100}$/u)
  })

  it('that is none is a mistake of the caller', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseMessageCursor(text)).toThrow(refused)
      }),
    )
  })

  it.each([`999999999999999.${ID}`, `-999999999999999.${ID}`, `9999999999999999.${ID}`, `1e3.${ID}`, '0.no-id', `.${ID}`])(
    'of %s is none: PostgreSQL would not take it',
    (text) => {
      expect(() => parseMessageCursor(Buffer.from(text).toString('base64url'))).toThrow(refused)
    },
  )
})
