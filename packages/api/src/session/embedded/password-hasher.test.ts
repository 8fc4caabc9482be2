import { parseOptions } from '@node-rs/argon2'
import { describe, expect, it } from 'vitest'
import { ARGON2_PARAMETERS, createPasswordHasher } from './password-hasher.ts'

const hasher = createPasswordHasher()

describe('S24: Argon2id', () => {
  it('runs with the documented parameters, which are above the OWASP minimum', async () => {
    const stored = await hasher.hash('correct horse battery staple')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/u)
    expect(parseOptions(stored)).toMatchObject({ ...ARGON2_PARAMETERS, outputLen: 32, saltLen: 16 })
    expect(ARGON2_PARAMETERS.memoryCost).toBeGreaterThanOrEqual(19_456)
    expect(ARGON2_PARAMETERS.timeCost).toBeGreaterThanOrEqual(2)
  })

  it('salts: the same password is stored differently each time', async () => {
    const [first, second] = await Promise.all([hasher.hash('a'.repeat(10)), hasher.hash('a'.repeat(10))])
    expect(first).not.toBe(second)
  })

  it('tells right from wrong', async () => {
    const stored = await hasher.hash('pässwörter 🔑')
    expect(await hasher.verify(stored, 'pässwörter 🔑')).toBe(true)
    expect(await hasher.verify(stored, 'pässwörter')).toBe(false)
    expect(await hasher.verify(stored, 'Pässwörter 🔑')).toBe(false)
    expect(await hasher.verify(stored, '')).toBe(false)
  })

  it.each([
    ['combining and precomposed letters', 'caf\u00e9', 'cafe\u0301'],
    ['full-width and plain digits', '\uff11\uff12\uff13', '123'],
  ])('takes %s for the same', async (_, set, typed) => {
    expect(await hasher.verify(await hasher.hash(set), typed)).toBe(true)
  })

  it('does not cut a password at a NUL or at 72 octets', async () => {
    const stored = await hasher.hash('begin\u0000end')
    expect(await hasher.verify(stored, 'begin')).toBe(false)
    const long = await hasher.hash(`${'a'.repeat(100)}b`)
    expect(await hasher.verify(long, `${'a'.repeat(100)}c`)).toBe(false)
  })

  it('is bound to the pepper, if there is one', async () => {
    const peppered = createPasswordHasher('kept outside the database')
    const stored = await peppered.hash('correct horse')
    expect(await peppered.verify(stored, 'correct horse')).toBe(true)
    expect(await hasher.verify(stored, 'correct horse')).toBe(false)
    expect(await createPasswordHasher('another pepper').verify(stored, 'correct horse')).toBe(false)
  })

  it.each(['', 'plain text', '$argon2id$v=19$broken'])('is a fault, not a wrong password, where %j is stored', async (stored) => {
    await expect(hasher.verify(stored, 'anything')).rejects.toBeInstanceOf(Error)
  })
})
