import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toRestTime, toRestValue, toSnakeCase } from './spelling.ts'

describe('spelling', () => {
  it.each([
    ['imapHost', 'imap_host'],
    ['id', 'id'],
    ['messageIdHeader', 'message_id_header'],
    ['canSignUp', 'can_sign_up'],
  ])('%s is %s', (name, expected) => expect(toSnakeCase(name)).toBe(expected))

  it.each([
    ['2026-01-15T10:00:00.000Z', '2026-01-15T10:00:00Z'],
    ['2026-01-15T10:00:00.999Z', '2026-01-15T10:00:00Z'],
    ['1969-12-31T23:59:59.500Z', '1969-12-31T23:59:59Z'],
  ])('%s is told as %s', (time, expected) => expect(toRestTime(new Date(time))).toBe(expected))

  it('goes to every depth and changes no value', () => {
    const value = { oneTwo: [{ threeFour: 'keepMe', at: new Date(0) }], nothing: null, flag: false }
    expect(toRestValue(value, 'snake_case')).toEqual({
      one_two: [{ three_four: 'keepMe', at: '1970-01-01T00:00:00Z' }],
      nothing: null,
      flag: false,
    })
    expect(toRestValue(value, 'camelCase')).toEqual({
      oneTwo: [{ threeFour: 'keepMe', at: '1970-01-01T00:00:00Z' }],
      nothing: null,
      flag: false,
    })
  })

  it('keeps any text as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        expect(toRestValue(texts, 'snake_case')).toEqual(texts)
      }),
    )
  })
})
