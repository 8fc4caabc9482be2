import type { ApiKey } from '@maildock/client'
import { describe, expect, it } from 'vitest'
import { makeAccount } from '../../test/fixture/account.ts'
import { describeBinding, describeKeyEnd, describeScopes, readKeyState } from './describe-key.ts'

const NOW = new Date('2026-01-15T10:00:00Z')
const daysFromNow = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000)

function makeKey(changes: Partial<ApiKey> = {}): ApiKey {
  return {
    id: '01900000-0000-7000-8000-000000000002',
    name: 'Orders',
    keyPrefix: 'msk_0a1b2c3d',
    scopes: ['send'],
    allowedAccountId: null,
    isActive: true,
    lastUsedAt: null,
    createdAt: daysFromNow(-10),
    expiresAt: null,
    revokedAt: null,
    ...changes,
  }
}

describe('the state of a key', () => {
  it.each([
    [{}, 'active', 'Does not expire'],
    [{ expiresAt: daysFromNow(3) }, 'active', 'Expires in 3 days'],
    [{ expiresAt: daysFromNow(-2), isActive: false }, 'expired', 'Expired 2 days ago'],
    [{ expiresAt: daysFromNow(-2), isActive: true }, 'expired', 'Expired 2 days ago'],
    [{ revokedAt: daysFromNow(-1), isActive: false }, 'revoked', 'Revoked 1 day ago'],
    [{ revokedAt: daysFromNow(-1), expiresAt: daysFromNow(-2), isActive: false }, 'revoked', 'Revoked 1 day ago'],
    [{ isActive: false }, 'expired', 'Expired'],
  ] as const)('%j is %s: %s', (changes, state, words) => {
    expect(readKeyState(makeKey(changes), NOW)).toBe(state)
    expect(describeKeyEnd(makeKey(changes), NOW)).toBe(words)
  })
})

describe('what a key is for', () => {
  it.each([
    [['send'], 'All mail'],
    [['send', 'send:marketing'], 'All mail'],
    [['send:marketing'], 'Marketing mail'],
    [['send:transactional', 'send:marketing'], 'Transactional mail, marketing mail'],
  ] as const)('%j: %s', (scopes, words) => {
    expect(describeScopes(scopes)).toBe(words)
  })

  it('from all accounts, from one, or from one that is not there', () => {
    const account = makeAccount()
    expect(describeBinding(makeKey(), [account])).toBe('From all accounts')
    expect(describeBinding(makeKey({ allowedAccountId: account.id }), [account])).toBe('From hello@example.com')
    expect(describeBinding(makeKey({ allowedAccountId: account.id }), [])).toBe('From one account, which is not connected')
  })
})
