import { createHash } from 'node:crypto'
import { API_KEY_PATTERN } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { hashApiKey, makeApiKeySecret } from './api-key-secret.ts'

describe('a key that is made', () => {
  it('is msk_ and 64 lower-case hex digits, of which lists show 8', () => {
    const { key, prefix } = makeApiKeySecret()
    expect(key).toMatch(API_KEY_PATTERN)
    expect(prefix).toMatch(/^msk_[0-9a-f]{8}$/u)
    expect(key.startsWith(prefix)).toBe(true)
  })

  it('is no other', () => {
    const keys = Array.from({ length: 1_000 }, () => makeApiKeySecret().key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('is found by SHA-256 of the whole of it', () => {
    const { key, hash } = makeApiKeySecret()
    expect(hash).toEqual(createHash('sha256').update(key).digest())
    expect(hashApiKey(key)).toEqual(hash)
  })
})
