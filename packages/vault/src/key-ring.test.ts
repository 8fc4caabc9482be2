import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { findMasterKey, generateKeyRingEntry, KeyRingError, parseKeyRing } from './key-ring.ts'

const KEY_A = Buffer.from(Array.from({ length: 32 }, (_, index) => index))
const KEY_B = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index))
const A = `a:${KEY_A.toString('base64')}`
const B = `b:${KEY_B.toString('base64url')}`

function problemsOf(text: string): readonly string[] {
  try {
    parseKeyRing(text)
    return []
  } catch (error) {
    if (error instanceof KeyRingError) return error.problems
    throw error
  }
}

describe('parseKeyRing', () => {
  test('reads one or more keys, in base64 and base64url, with and without padding and spaces', () => {
    expect(parseKeyRing(A)).toEqual({ primaryKeyId: 'a', keyIds: ['a'] })
    expect(parseKeyRing(` ${B} , ${A.replace('=', '')} `)).toEqual({ primaryKeyId: 'b', keyIds: ['b', 'a'] })
  })

  test('keeps the keys for the ciphers alone', () => {
    const ring = parseKeyRing(`${A},${B}`)
    expect(findMasterKey(ring, 'a')?.export()).toEqual(KEY_A)
    expect(findMasterKey(ring, 'b')?.export()).toEqual(KEY_B)
    expect(findMasterKey(ring, 'c')).toBeNull()
    expect(findMasterKey({ ...ring }, 'a')).toBeNull()
  })

  test.each([
    ['nothing', '', /^There is no key\. Give at least one, as id:base64\.$/u],
    ['blanks', '  ', /^There is no key\. Give at least one, as id:base64\.$/u],
    ['a trailing comma', `${A},`, /^Entry 2 is not id:base64/u],
    ['no colon', 'abc', /^Entry 1 is not id:base64/u],
    ['no id', `:${KEY_A.toString('base64')}`, /^Entry 1 is not id:base64/u],
    ['an id with blanks', `a b:${KEY_A.toString('base64')}`, /^Entry 1 is not id:base64/u],
    ['an id of 65 letters', `${'a'.repeat(65)}:${KEY_A.toString('base64')}`, /^Entry 1 is not id:base64/u],
    ['no key', 'a:', /^The key "a" is not base64\.$/u],
    ['no base64', `a:${KEY_A.toString('base64').replace('A', '!')}`, /^The key "a" is not base64\.$/u],
    ['hexadecimal', `a:${KEY_A.toString('hex')}`, /^The key "a" has 48 octets instead of 32\.$/u],
    ['too short', `a:${KEY_A.subarray(1).toString('base64')}`, /^The key "a" has 31 octets instead of 32\.$/u],
    ['too long', `a:${Buffer.concat([KEY_A, KEY_A]).toString('base64')}`, /^The key "a" has 64 octets instead of 32\.$/u],
    ['all zero', `a:${Buffer.alloc(32).toString('base64')}`, /^The key "a" is not random: all its octets are equal\.$/u],
    ['all ones', `a:${Buffer.alloc(32, 1).toString('base64')}`, /^The key "a" is not random: all its octets are equal\.$/u],
    ['one id twice', `${A},a:${KEY_B.toString('base64')}`, /^The key id "a" stands there twice\.$/u],
    ['one key twice', `${A},c:${KEY_A.toString('base64')}`, /^The keys "a" and "c" are the same key\.$/u],
  ])('refuses %s', (_name, text, expected) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(expected)])
  })

  test('names all problems at once, and repeats no text that could be a key', () => {
    const secret = KEY_B.toString('base64')
    const problems = problemsOf(`${secret},a:short,${A},${A}`)
    expect(problems).toHaveLength(3)
    expect(new KeyRingError(problems).message).not.toContain(secret)
    expect(new KeyRingError(problems).message).toContain(problems.join(' '))
  })

  test('shows no key, whichever way it is printed', () => {
    const ring = parseKeyRing(A)
    for (const shown of [inspect(ring, { showHidden: true, depth: null }), JSON.stringify(ring), inspect(findMasterKey(ring, 'a'))]) {
      expect(shown).not.toContain(KEY_A.toString('base64').slice(0, 10))
      expect(shown).not.toContain(KEY_A.toString('hex').slice(0, 10))
    }
  })
})

describe('generateKeyRingEntry', () => {
  test('makes another good key each time', () => {
    const [one, two] = [generateKeyRingEntry('k1'), generateKeyRingEntry('k2')]
    expect(parseKeyRing(`${one},${two}`).keyIds).toEqual(['k1', 'k2'])
  })

  test('refuses an id that could not be read back', () => {
    expect(() => generateKeyRingEntry('k:1')).toThrow(KeyRingError)
  })
})
