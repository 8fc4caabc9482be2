import { expect, test } from 'vitest'
import { assertCanaries } from './assert-canaries.ts'
import { generateKeyRingEntry, KeyRingError, parseKeyRing } from './key-ring.ts'
import { createVault } from './vault.ts'

const ring = `${generateKeyRingEntry('b')},${generateKeyRingEntry('a')}`
const vault = createVault(parseKeyRing(ring))
const canaries = [vault.sealCanary('a'), vault.sealCanary('b')]

test('the ring that was used before is accepted', () => {
  expect(() => assertCanaries(vault, canaries, ['a', 'b'])).not.toThrow()
})

test('an empty database accepts any ring', () => {
  expect(() => assertCanaries(vault, [], [])).not.toThrow()
})

test('a key that nothing is sealed with any more may leave the ring', () => {
  const rotated = createVault(parseKeyRing(ring.split(',')[0] ?? ''))
  expect(() => assertCanaries(rotated, canaries, ['b'])).not.toThrow()
})

test('a wrong key and a missing key are refused, both at once', () => {
  const wrong = createVault(parseKeyRing(generateKeyRingEntry('a')))
  expect(() => assertCanaries(wrong, canaries, ['b', 'b', 'a'])).toThrow(
    new KeyRingError([
      'The key "a" is not the key of this id that this database was used with.',
      'The key "b" is missing: stored credentials are sealed with it.',
    ]),
  )
})
