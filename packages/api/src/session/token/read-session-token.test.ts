import type { MaildockError } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { readSessionToken } from './read-session-token.ts'

const read = (cookieHeader: string | undefined, authorizationHeader?: string) => readSessionToken({ cookieHeader, authorizationHeader })

describe('the cookie', () => {
  it.each([
    ['alone', 'sb-access-token=a.b.c'],
    ['among others', 'theme=dark; sb-access-token=a.b.c; sb-access-tokens=x'],
    ['without spaces', 'x=y;sb-access-token=a.b.c;z'],
    ['quoted', 'sb-access-token="a.b.c"'],
    ['twice, the same', 'sb-access-token=a.b.c; sb-access-token=a.b.c'],
    ['in chunks', 'sb-access-token.0=a.; sb-access-token.1=b.c'],
    ['in chunks out of order', 'sb-access-token.1=b.c; sb-access-token.0=a.'],
    ['in chunks, with a left-over behind a gap', 'sb-access-token.0=a.b.c; sb-access-token.2=old'],
    ['whole, with left-over chunks', 'sb-access-token.0=old; sb-access-token=a.b.c'],
  ])('is found %s', (_, header) => {
    expect(read(header)).toEqual({ token: 'a.b.c', via: 'cookie' })
  })

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['other cookies', 'theme=dark; SB-ACCESS-TOKEN=a.b.c; xsb-access-token=a.b.c'],
    ['an emptied cookie', 'sb-access-token='],
    ['a name without a value', 'sb-access-token'],
    ['chunks without a first', 'sb-access-token.1=b'],
    ['a chunk name that only looks like one', 'sb-access-token.00=a; sb-access-token.0x=a; sb-access-token.-1=a'],
  ])('is not there with %s', (_, header) => {
    expect(read(header)).toBeNull()
  })
})

describe('S22: ambiguous and huge cookies', () => {
  it.each([
    ['two different ones', 'sb-access-token=mine; sb-access-token=planted'],
    ['an emptied and a full one', 'sb-access-token=; sb-access-token=planted'],
    ['two different chunks of one number', 'sb-access-token.0=a; sb-access-token.0=b'],
    ['too many chunks', Array.from({ length: 6 }, (_, i) => `sb-access-token.${i}=a`).join('; ')],
    ['a header of 40 KB', `sb-access-token=${'a'.repeat(40_000)}`],
  ])('are refused: %s', (_, header) => {
    expect(() => read(header)).toThrow(expect.objectContaining({ code: 'session.invalid' }) as MaildockError)
  })
})

describe('Authorization', () => {
  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER   a.b.c '])('takes the token of "%s"', (header) => {
    expect(read(undefined, header)).toEqual({ token: 'a.b.c', via: 'bearer' })
  })

  it('wins over the cookie, also when it is empty', () => {
    expect(read('sb-access-token=cookie', 'Bearer header')).toEqual({ token: 'header', via: 'bearer' })
    expect(read('sb-access-token=cookie', 'Bearer')).toEqual({ token: '', via: 'bearer' })
  })

  it.each(['Basic dXNlcjpwYXNz', 'Bearerx a.b.c', ''])('leaves "%s" to others', (header) => {
    expect(read('sb-access-token=cookie', header)).toEqual({ token: 'cookie', via: 'cookie' })
  })
})
