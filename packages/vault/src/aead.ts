import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto'
import { NONCE_OCTETS, TAG_OCTETS } from './envelope.ts'

export interface Encrypted {
  readonly nonce: Uint8Array
  /** With its tag at the end. */
  readonly ciphertext: Uint8Array
}

/** What a ciphertext is bound to: it opens under exactly the same list. */
export type AssociatedData = readonly string[]

const CIPHER = 'aes-256-gcm'

/** AES-256-GCM (NIST SP 800-38D) under a fresh random 96-bit nonce. */
export function encrypt(key: KeyObject | Uint8Array, plaintext: Uint8Array, bound: AssociatedData): Encrypted {
  const nonce = randomBytes(NONCE_OCTETS)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_OCTETS }).setAAD(encodeBound(bound))
  return { nonce, ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]) }
}

/** Null when key, text, nonce or what it is bound to are not the ones of the encryption. Which of them cannot be told. */
export function decrypt(key: KeyObject | Uint8Array, { nonce, ciphertext }: Encrypted, bound: AssociatedData): Buffer | null {
  const tagAt = ciphertext.length - TAG_OCTETS
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_OCTETS })
    .setAAD(encodeBound(bound))
    .setAuthTag(ciphertext.subarray(tagAt))
  const opened = decipher.update(ciphertext.subarray(0, tagAt))
  try {
    decipher.final()
    return opened
  } catch {
    // The tag does not fit. Nothing of what was deciphered may be seen, not even by a debugger that stops later.
    opened.fill(0)
    return null
  }
}

/** JSON keeps the borders between the strings: no two lists are encoded alike. */
function encodeBound(bound: AssociatedData): Buffer {
  return Buffer.from(JSON.stringify(bound), 'utf8')
}
