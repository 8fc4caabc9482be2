import { describe, expect, test } from 'vitest'
import { parseCapabilities } from './submission-capabilities.ts'

describe('parseCapabilities', () => {
  test('reads what servers offer, in any case and spacing', () => {
    expect(
      parseCapabilities([
        'mail.test',
        'size   1000',
        '8bitmime',
        'Pipelining',
        'SMTPUTF8',
        'enhancedstatuscodes',
        'dsn',
        'auth   plain\tlogin',
        'AUTH=XOAUTH2',
      ]),
    ).toEqual({
      size: true,
      maxSizeOctets: 1000,
      smtputf8: true,
      eightBitMime: true,
      pipelining: true,
      dsn: true,
      enhancedStatusCodes: true,
      authMechanisms: new Set(['PLAIN', 'LOGIN', 'XOAUTH2']),
    })
  })

  test('believes no greeting', () => {
    expect(parseCapabilities(['SMTPUTF8 PIPELINING'])).toMatchObject({
      smtputf8: false,
      pipelining: false,
      size: false,
      maxSizeOctets: null,
    })
  })

  test.each([
    ['SIZE', null],
    ['SIZE 0', null],
    ['SIZE many', null],
    ['SIZE 99999999999999999999', null],
    ['SIZE=52428800', 52_428_800],
  ])('%s: at most %s octets', (line, maxSizeOctets) => {
    expect(parseCapabilities(['mail.test', line])).toMatchObject({ size: true, maxSizeOctets })
  })
})
