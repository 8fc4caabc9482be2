import { MaildockError } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import type { JwtVerifier } from './jwt-verifier.ts'
import type { SessionClaims } from './session-claims.ts'
import { cacheVerifiedTokens } from './verified-token-cache.ts'

const USER_ID = '0198c0de-0000-7000-8000-000000000001'

function world(options: { maxEntries?: number; expiresAt?: Date } = {}) {
  let nowMs = Date.parse('2026-01-15T10:00:00Z')
  const expiresAt = options.expiresAt ?? new Date(nowMs + 3_600_000)
  const verified: string[] = []
  const verifier: JwtVerifier = {
    verify: (token): Promise<SessionClaims> => {
      verified.push(token)
      if (token.startsWith('bad')) return Promise.reject(new MaildockError('session.invalid'))
      if (nowMs >= expiresAt.getTime()) return Promise.reject(new MaildockError('session.expired'))
      return Promise.resolve({ userId: USER_ID, email: null, plan: null, sessionId: null, expiresAt })
    },
  }
  const cache = cacheVerifiedTokens(verifier, { ...options, maxAgeMs: 60_000, now: () => new Date(nowMs) })
  return { cache, verified, pass: (ms: number) => (nowMs += ms) }
}

describe('the cache of verified tokens', () => {
  it('verifies a token once within its age', async () => {
    const { cache, verified, pass } = world()
    const first = await cache.verify('a')
    pass(59_999)
    expect(await cache.verify('a')).toBe(first)
    expect(verified).toEqual(['a'])
    pass(1)
    await cache.verify('a')
    expect(verified).toEqual(['a', 'a'])
  })

  it('does not remember a refusal', async () => {
    const { cache, verified } = world()
    await expect(cache.verify('bad')).rejects.toMatchObject({ code: 'session.invalid' })
    await expect(cache.verify('bad')).rejects.toMatchObject({ code: 'session.invalid' })
    expect(verified).toHaveLength(2)
  })

  it('does not outlive the token', async () => {
    const { cache, pass } = world({ expiresAt: new Date('2026-01-15T10:00:30Z') })
    await cache.verify('a')
    pass(30_000)
    await expect(cache.verify('a')).rejects.toMatchObject({ code: 'session.expired' })
  })

  it('is bounded, and the token used longest ago goes first', async () => {
    const { cache, verified } = world({ maxEntries: 2 })
    for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.verify(token)
    expect(verified).toEqual(['a', 'b', 'c', 'b'])
  })

  it('never takes one token for another that begins alike', async () => {
    const { cache, verified } = world()
    await cache.verify('a.b.c')
    await cache.verify('a.b.c ')
    expect(verified).toHaveLength(2)
  })
})
