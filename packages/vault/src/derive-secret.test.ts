import { describe, expect, it } from 'vitest'
import { deriveSecret } from './derive-secret.ts'
import { generateKeyRingEntry, parseKeyRing } from './key-ring.ts'

const k1 = generateKeyRingEntry('k1')
const k2 = generateKeyRingEntry('k2')

describe('deriveSecret', () => {
  it('is the same for the same key and purpose, in every process', () => {
    expect(deriveSecret(parseKeyRing(k1), 'tokens')).toBe(deriveSecret(parseKeyRing(k1), 'tokens'))
  })

  it('differs by purpose and by key, and shows neither', () => {
    const secrets = [
      deriveSecret(parseKeyRing(k1), 'tokens'),
      deriveSecret(parseKeyRing(k1), 'other'),
      deriveSecret(parseKeyRing(k2), 'tokens'),
    ]
    expect(new Set(secrets).size).toBe(3)
    for (const secret of secrets) {
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
      expect(k1).not.toContain(secret)
    }
  })

  it('stays while a new key is rotated in, and changes when the old one leaves', () => {
    const before = deriveSecret(parseKeyRing(k1), 'tokens')
    expect(deriveSecret(parseKeyRing(`${k2},${k1}`), 'tokens')).toBe(before)
    expect(deriveSecret(parseKeyRing(k2), 'tokens')).not.toBe(before)
  })

  it('derives nothing from a ring that was not parsed, and so has no keys', () => {
    for (const keyIds of [[], ['k1']]) {
      expect(() => deriveSecret({ primaryKeyId: 'k1', keyIds }, 'tokens')).toThrow('A key ring without its keys derives nothing.')
    }
  })
})
