import { randomBytes } from 'node:crypto'
import { decrypt, encrypt, type AssociatedData } from './aead.ts'
import { decodeEnvelope, encodeEnvelope } from './envelope.ts'
import { findMasterKey, MASTER_KEY_OCTETS, type KeyRing } from './key-ring.ts'

/** A value as the database keeps it. */
export interface SealedSecret {
  /** The master key it was sealed with; the envelope names it too. */
  readonly keyId: string
  readonly sealed: Uint8Array
}

/** Which of the keys seals. */
export interface SealingKey {
  readonly ring: KeyRing
  readonly keyId: string
}

/** Why a value does not open. Holds key ids, never key material or plaintext. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError'
}

/** Seals octets under a data key of their own, which is sealed with the master key. */
export function sealOctets(key: SealingKey, plaintext: Uint8Array, bound: AssociatedData): SealedSecret {
  const dataKey = randomBytes(MASTER_KEY_OCTETS)
  try {
    const { nonce, ciphertext } = encrypt(dataKey, plaintext, ['data', ...bound])
    return { keyId: key.keyId, sealed: wrap(key, dataKey, { bound, nonce, ciphertext }) }
  } finally {
    dataKey.fill(0)
  }
}

/** Opens a value. The caller clears what it gets. @throws UnsealError */
export function openOctets(ring: KeyRing, secret: SealedSecret, bound: AssociatedData): Buffer {
  return withDataKey(ring, { ...secret, bound }, (dataKey, data) => {
    const opened = decrypt(dataKey, data, ['data', ...bound])
    if (opened === null) throw new UnsealError(`The value sealed with the key "${secret.keyId}" was altered.`)
    return opened
  })
}

/** Seals the data key anew with another master key. What it protects is never opened. @throws UnsealError */
export function rewrap(key: SealingKey, secret: SealedSecret, bound: AssociatedData): SealedSecret {
  return withDataKey(key.ring, { ...secret, bound }, (dataKey, data) => ({
    keyId: key.keyId,
    sealed: wrap(key, dataKey, { bound, ...data }),
  }))
}

interface SealedData {
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
}

interface Bound {
  readonly bound: AssociatedData
}

function wrap({ ring, keyId }: SealingKey, dataKey: Uint8Array, data: SealedData & Bound): Uint8Array {
  const masterKey = findMasterKey(ring, keyId)
  if (masterKey === null) throw new UnsealError(`The key "${keyId}" is not in the key ring.`)
  const { nonce: wrapNonce, ciphertext: wrapped } = encrypt(masterKey, dataKey, ['key', ...data.bound, keyId])
  return encodeEnvelope({ keyId, wrapNonce, wrapped, nonce: data.nonce, ciphertext: data.ciphertext })
}

function withDataKey<T>(
  ring: KeyRing,
  { keyId, sealed, bound }: SealedSecret & Bound,
  use: (dataKey: Uint8Array, data: SealedData) => T,
): T {
  const envelope = decodeEnvelope(sealed)
  if (envelope === null) throw new UnsealError(`What is stored as sealed with the key "${keyId}" is no sealed value.`)
  if (envelope.keyId !== keyId) throw new UnsealError(`What is stored as sealed with the key "${keyId}" names another key.`)
  const masterKey = findMasterKey(ring, keyId)
  if (masterKey === null) throw new UnsealError(`The key "${keyId}" is not in the key ring.`)
  const dataKey = decrypt(masterKey, { nonce: envelope.wrapNonce, ciphertext: envelope.wrapped }, ['key', ...bound, keyId])
  if (dataKey === null) {
    throw new UnsealError(`The key "${keyId}" does not open this value: it is another key, or the value was altered or moved.`)
  }
  try {
    return use(dataKey, envelope)
  } finally {
    dataKey.fill(0)
  }
}
