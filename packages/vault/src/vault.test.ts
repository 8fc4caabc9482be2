import { inspect } from 'node:util'
import { MaildockError } from '@maildock/core'
import { assert, asyncProperty, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generateKeyRingEntry, parseKeyRing } from './key-ring.ts'
import type { SealedSecret } from './sealing.ts'
import { createVault, type CredentialBinding, type Vault } from './vault.ts'

const OLD_KEY = generateKeyRingEntry('old')
const NEW_KEY = generateKeyRingEntry('new')
const vault = createVault(parseKeyRing(OLD_KEY))
const rotated = createVault(parseKeyRing(`${NEW_KEY},${OLD_KEY}`))

const binding: CredentialBinding = { accountId: '0190c0de-0000-7000-8000-00000000000a', field: 'imap_password' }
const elsewhere: readonly CredentialBinding[] = [
  { ...binding, accountId: '0190c0de-0000-7000-8000-00000000000b' },
  { ...binding, field: 'smtp_password' },
]

async function open(by: Vault, secret: SealedSecret, at = binding): Promise<string> {
  return await by.withOpened(secret, at, (plaintext) => plaintext)
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'It opened.',
    (reason: unknown) => reason,
  )
  if (!(error instanceof MaildockError) || error.code !== 'credentials.unreadable') throw new Error(`Not refused: ${String(error)}`)
  return error.cause instanceof Error ? error.cause.message : ''
}

describe('seal and withOpened', () => {
  test('give back any well-formed text, of any length and script', async () => {
    await assert(
      asyncProperty(string({ unit: 'binary', maxLength: 2_000 }), async (plaintext) => {
        expect(await open(vault, vault.seal(plaintext, binding))).toBe(plaintext)
      }),
    )
  })

  test('refuse text that would come back changed', () => {
    expect(() => vault.seal('\ud800', binding)).toThrow(TypeError)
  })

  test('hand on what the callback returns and what it throws', async () => {
    const secret = vault.seal('word', binding)
    expect(await vault.withOpened(secret, binding, (plaintext) => Promise.resolve(plaintext.length))).toBe(4)
    await expect(vault.withOpened(secret, binding, () => Promise.reject(new Error('refused by server')))).rejects.toThrow(
      'refused by server',
    )
  })

  test('do not tell how long a short password is', () => {
    const sizes = ['', 'a', 'a'.repeat(60)].map((text) => vault.seal(text, binding).sealed.length)
    expect(new Set(sizes).size).toBe(1)
    expect(vault.seal('a'.repeat(61), binding).sealed.length).toBeGreaterThan(sizes[0] ?? 0)
  })

  test('never use a nonce twice', () => {
    const nonces = new Set<string>()
    for (let count = 0; count < 5_000; count += 1) {
      const sealed = Buffer.from(vault.seal('same', binding).sealed)
      nonces.add(sealed.subarray(5, 17).toString('hex'))
      nonces.add(sealed.subarray(65, 77).toString('hex'))
    }
    expect(nonces.size).toBe(10_000)
  })
})

describe('a sealed value', () => {
  test.each(elsewhere)('does not open at %o', async (at) => {
    expect(await refusalOf(open(vault, vault.seal('word', binding), at))).toMatch(/altered or moved/u)
  })

  test('does not open with any one octet changed', async () => {
    const { keyId, sealed } = vault.seal('word', binding)
    for (let index = 0; index < sealed.length; index += 1) {
      const altered = Uint8Array.from(sealed)
      altered[index] = (altered[index] ?? 0) ^ 1
      expect(await refusalOf(open(vault, { keyId, sealed: altered }))).toContain('"old"')
    }
  })

  test('does not open cut short at any place', async () => {
    const { keyId, sealed } = vault.seal('word', binding)
    for (let length = 0; length < sealed.length; length += 1) {
      expect(await refusalOf(open(vault, { keyId, sealed: sealed.subarray(0, length) }))).toContain('"old"')
    }
  })

  test('does not open with its data from another value', async () => {
    const [one, two] = [vault.seal('one', binding), vault.seal('two', binding)]
    const mixed = Buffer.concat([one.sealed.subarray(0, 65), two.sealed.subarray(65)])
    expect(await refusalOf(open(vault, { keyId: 'old', sealed: mixed }))).toMatch(/altered/u)
  })

  test('does not open with another key of the same id', async () => {
    const impostor = createVault(parseKeyRing(generateKeyRingEntry('old')))
    expect(await refusalOf(open(impostor, vault.seal('word', binding)))).toMatch(/The key "old" does not open this value/u)
  })

  test('whose key is not in the ring is refused by the name of the key', async () => {
    const other = createVault(parseKeyRing(NEW_KEY))
    expect(await refusalOf(open(other, vault.seal('word', binding)))).toBe('The key "old" is not in the key ring.')
  })

  test('stored under another key id than its own is refused', async () => {
    const { sealed } = vault.seal('word', binding)
    expect(await refusalOf(open(rotated, { keyId: 'new', sealed }))).toMatch(/names another key/u)
  })

  test('that is none is refused', async () => {
    expect(await refusalOf(open(vault, { keyId: 'old', sealed: Buffer.from('word') }))).toMatch(/no sealed value/u)
  })

  test('shows neither plaintext nor key in its errors', async () => {
    const secret = vault.seal('canary-word', binding)
    const error: unknown = await open(vault, { ...secret, sealed: secret.sealed.subarray(1) }).catch((reason: unknown) => reason)
    const key = OLD_KEY.slice(4, 20)
    for (const shown of [
      inspect(error, { depth: null }),
      inspect(vault, { showHidden: true, depth: null }),
      JSON.stringify([vault, secret]),
    ]) {
      expect(shown).not.toContain('canary-word')
      expect(shown).not.toContain(key)
    }
  })
})

describe('reseal', () => {
  test('puts a value under the primary key, and the old one is no longer needed', async () => {
    const secret = rotated.reseal(vault.seal('word', binding), binding)
    expect(secret.keyId).toBe('new')
    expect(await open(createVault(parseKeyRing(NEW_KEY)), secret)).toBe('word')
    expect(await refusalOf(open(vault, secret))).toBe('The key "new" is not in the key ring.')
  })

  test('leaves the binding as it was', async () => {
    const secret = rotated.reseal(vault.seal('word', binding), binding)
    for (const at of elsewhere) expect(await refusalOf(open(rotated, secret, at))).toMatch(/altered or moved/u)
  })

  test('refuses what does not open', () => {
    expect(() => rotated.reseal({ keyId: 'old', sealed: Buffer.alloc(200) }, binding)).toThrow(MaildockError)
  })
})

describe('canaries', () => {
  test('tell the key they were made with from another of the same id', () => {
    const canary = vault.sealCanary('old')
    expect(rotated.checkCanary(canary)).toBe('match')
    expect(createVault(parseKeyRing(generateKeyRingEntry('old'))).checkCanary(canary)).toBe('mismatch')
    expect(createVault(parseKeyRing(NEW_KEY)).checkCanary(canary)).toBe('unknown_key')
  })

  test('open as nothing else, and nothing else opens as one', async () => {
    expect(await refusalOf(open(vault, vault.sealCanary('old')))).toMatch(/altered or moved/u)
    expect(vault.checkCanary(vault.seal('canary', binding))).toBe('mismatch')
  })

  test('are made for the keys of the ring alone', () => {
    expect(() => vault.sealCanary('new')).toThrow('The key "new" is not in the key ring.')
  })

  test('a fault that is no mismatch is not called one', () => {
    const faulty = { keyId: 'old', sealed: null } as unknown as SealedSecret
    expect(() => vault.checkCanary(faulty)).toThrow(TypeError)
    expect(() => vault.reseal(faulty, binding)).toThrow(TypeError)
  })
})
