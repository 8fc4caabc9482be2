import { MaildockError } from '@maildock/core'
import { anything, assert, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTransientDatabaseError, isUniqueViolation, readDatabaseError, translatePrismaError } from './translate-prisma-error.ts'

function errorWith(properties: object, message = 'failed'): Error {
  return Object.assign(new Error(message), properties)
}

/** As Prisma wraps what its adapter throws. */
function prismaError(code: string, cause: object): Error {
  return errorWith({ code, meta: { driverAdapterError: errorWith({ cause }) } })
}

describe('readDatabaseError', () => {
  test.each([
    ['23505', 'unique_violation'],
    ['23503', 'foreign_key_violation'],
    ['23514', 'check_violation'],
    ['40001', 'write_conflict'],
    ['40P01', 'write_conflict'],
    ['57014', 'timeout'],
    ['55P03', 'timeout'],
    ['25006', 'read_only'],
    ['25P03', 'unavailable'],
    ['53100', 'out_of_space'],
    ['53300', 'unavailable'],
    ['57P01', 'unavailable'],
    ['08006', 'unavailable'],
    ['22P02', 'other'],
    ['P2025', 'not_found'],
    ['P2034', 'write_conflict'],
    ['P2028', 'timeout'],
    ['P1001', 'unavailable'],
    ['ECONNREFUSED', 'unavailable'],
    ['ECONNRESET', 'unavailable'],
    ['EAI_AGAIN', 'unavailable'],
  ])('code %s is %s', (code, kind) => {
    expect(readDatabaseError(errorWith({ code }))).toEqual({ kind, code, constraint: null })
  })

  test.each([
    ['Query read timeout', 'timeout'],
    ['timeout exceeded when trying to connect', 'unavailable'],
    ['Connection terminated unexpectedly', 'unavailable'],
    ['Client has encountered a connection error and is not queryable', 'unavailable'],
    ['Cannot use a pool after calling end on the pool', 'unavailable'],
  ])('pg says it in words only: %s', (message, kind) => {
    expect(readDatabaseError(new Error(message))).toEqual({ kind, code: 'none', constraint: null })
  })

  test('the SQLSTATE inside a Prisma error wins over the general code around it', () => {
    const cause = {
      originalCode: '23514',
      originalMessage: 'new row violates check constraint "account_imap_port_range"',
      kind: 'postgres',
    }
    expect(readDatabaseError(prismaError('P2010', cause))).toEqual({
      kind: 'check_violation',
      code: '23514',
      constraint: 'account_imap_port_range',
    })
  })

  test('the name of a constraint is read wherever it stands', () => {
    const expected = { kind: 'unique_violation', code: '23505', constraint: 'some_key' }
    expect(readDatabaseError(errorWith({ code: '23505', constraint: 'some_key' }))).toEqual(expected)
    expect(readDatabaseError(prismaError('P2002', { originalCode: '23505', constraint: { index: 'some_key' } }))).toEqual(expected)
    expect(readDatabaseError(errorWith({ code: '23505' }, 'duplicate key value violates unique constraint "some_key"'))).toEqual(expected)
  })

  test.each([null, undefined, 'text', 7, new Error('anything'), errorWith({ code: 'ENOENT' }), errorWith({ code: 42 }), {}])(
    'what is none of theirs is null: %s',
    (error) => {
      expect(readDatabaseError(error)).toBeNull()
    },
  )

  test('nothing that can be thrown makes it throw', () => {
    assert(
      property(anything(), (thrown) => {
        expect(() => translatePrismaError(thrown)).not.toThrow()
      }),
    )
  })

  test('a cause that leads back to itself ends', () => {
    const error = errorWith({ code: 'P2010' })
    expect(readDatabaseError(Object.assign(error, { cause: error }))).toMatchObject({ kind: 'other', code: 'P2010' })
  })
})

describe('isUniqueViolation', () => {
  const error = errorWith({ code: '23505', constraint: 'account_user_email_key' })
  test('asks for one constraint', () => {
    expect(isUniqueViolation(error, 'account_user_email_key')).toBe(true)
    expect(isUniqueViolation(error, 'account_pkey')).toBe(false)
    expect(isUniqueViolation(errorWith({ code: '23503', constraint: 'account_user_email_key' }), 'account_user_email_key')).toBe(false)
    expect(isUniqueViolation(new Error('other'), 'account_user_email_key')).toBe(false)
  })
})

describe('translatePrismaError', () => {
  test('what passes is service.unavailable, with a time to come again and the cause kept', () => {
    const cause = errorWith({ code: '57P01' })
    expect(translatePrismaError(cause)).toMatchObject({ code: 'service.unavailable', retryAfterSeconds: 1, cause })
    expect(isTransientDatabaseError(cause)).toBe(true)
  })

  test('what stays is internal.error, without a word of the database', () => {
    const translated = translatePrismaError(errorWith({ code: '42703' }, 'column "secret" does not exist'))
    expect(translated).toMatchObject({ code: 'internal.error' })
    expect(translated?.message).not.toContain('secret')
  })

  test('a MaildockError stays itself, and a stranger is none of ours', () => {
    const own = new MaildockError('account.not_found')
    expect(translatePrismaError(own)).toBe(own)
    expect(translatePrismaError(new TypeError('a bug'))).toBeNull()
    expect(isTransientDatabaseError(new TypeError('a bug'))).toBe(false)
  })
})
