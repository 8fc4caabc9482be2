import { describe, expect, it } from 'vitest'
import { API_KEY_PATTERN, ApiKeyScope, CreateApiKeyInput, opensScope } from './api-key.ts'

const wrong = (input: unknown): string[] => {
  const { error } = CreateApiKeyInput.safeParse(input)
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('the input of a new key', () => {
  it('needs a name, and sends with it unless told otherwise', () => {
    expect(CreateApiKeyInput.parse({ name: '  Orders  ' })).toEqual({ name: 'Orders', scopes: ['send'] })
  })

  it.each(['x', 'x'.repeat(80), 'Überweisungen 💶', '订单确认', 'a "b" <c>'])('takes the name %s', (name) => {
    expect(CreateApiKeyInput.parse({ name }).name).toBe(name)
  })

  it.each([
    ['', 'Enter a name.'],
    ['   ', 'Enter a name.'],
    ['x'.repeat(81), 'A name has at most 80 characters.'],
    ['two\nlines', 'A name must not contain line breaks or other control characters.'],
    ['behind\r\n', 'A name must not contain line breaks or other control characters.'],
    ['a\u2028b', 'A name must not contain line breaks or other control characters.'],
    ['a\u0000', 'A name must not contain line breaks or other control characters.'],
    ['\ud800', 'The name is not well-formed text.'],
  ])('refuses the name %j', (name, message) => {
    expect(wrong({ name })).toEqual([`name: ${message}`])
  })

  it.each([
    [[], 'scopes: Choose at least one scope.'],
    [['send', 'send'], 'scopes: Name each scope once.'],
  ])('refuses the scopes %j', (scopes, message) => {
    expect(wrong({ name: 'x', scopes })).toEqual([message])
  })

  it.each([[['read']], ['send'], [[null]]])('knows no scopes %j', (scopes) => {
    expect(wrong({ name: 'x', scopes })).toHaveLength(1)
  })

  it.each(['2099-01-15T10:00:00Z', '2099-01-15T10:00:00.123+02:00', null, undefined])('takes the end %j', (expiresAt) => {
    expect(wrong({ name: 'x', expiresAt })).toEqual([])
  })

  it.each([
    ['2020-01-01T00:00:00Z', 'expiresAt: The key must expire in the future.'],
    ['2099-01-15', 'expiresAt: Enter an ISO time such as 2027-01-15T10:00:00Z.'],
    ['2099-02-30T00:00:00Z', 'expiresAt: Enter an ISO time such as 2027-01-15T10:00:00Z.'],
    ['tomorrow', 'expiresAt: Enter an ISO time such as 2027-01-15T10:00:00Z.'],
  ])('refuses the end %j', (expiresAt, message) => {
    expect(wrong({ name: 'x', expiresAt })).toContain(message)
  })

  it('knows no other fields', () => {
    expect(wrong({ name: 'x', userId: 'y' })).toHaveLength(1)
  })
})

describe('what a scope opens', () => {
  it.each(ApiKeyScope.options)('sending, for %s', (scope) => {
    expect(opensScope([scope], 'send')).toBe(true)
  })

  it('one kind of mail: that kind and all, not the other', () => {
    expect(opensScope(['send'], 'send:marketing')).toBe(true)
    expect(opensScope(['send:marketing'], 'send:marketing')).toBe(true)
    expect(opensScope(['send:transactional'], 'send:marketing')).toBe(false)
    expect(opensScope(['send:marketing'], 'send:transactional')).toBe(false)
    expect(opensScope(['send:marketing', 'send:transactional'], 'send:transactional')).toBe(true)
    expect(opensScope([], 'send')).toBe(false)
  })
})

describe('the form of a key', () => {
  const digits = '0a'.repeat(32)
  it.each([
    [`msk_${digits}`, true],
    [`msk_${digits}0`, false],
    [`msk_${digits.slice(1)}`, false],
    [`MSK_${digits}`, false],
    [`msk_${digits.toUpperCase()}`, false],
    [`sk_${digits}`, false],
    [`msk_${digits}\n`, false],
    [` msk_${digits}`, false],
  ])('%j: %s', (key, good) => {
    expect(API_KEY_PATTERN.test(key)).toBe(good)
  })
})
