import { MaildockError, type Uuid } from '@maildock/core'
import type { KeyRing } from './key-ring.ts'
import { padText, unpadText } from './padding.ts'
import { openOctets, rewrap, sealOctets, UnsealError, type SealedSecret } from './sealing.ts'

export type CredentialField = 'imap_password' | 'smtp_password'

/** What a sealed credential belongs to. It opens nowhere else. */
export interface CredentialBinding {
  readonly accountId: Uuid
  readonly field: CredentialField
}

/** Seals and opens credentials. Shows no key, whichever way it is printed. */
export interface Vault {
  /** The key that seals. */
  readonly primaryKeyId: string
  /** All keys that open, the primary first. */
  readonly keyIds: readonly string[]
  /** Seals with the primary key. Each call gives another result. @throws TypeError for text with lone surrogates: it would come back changed */
  seal(plaintext: string, binding: CredentialBinding): SealedSecret
  /**
   * Hands the plaintext to `use`, and to nothing else; resolves with what `use` returns and throws what it throws.
   * @throws MaildockError credentials.unreadable when it does not open; the cause names the key id
   */
  withOpened<T>(secret: SealedSecret, binding: CredentialBinding, use: (plaintext: string) => Promise<T> | T): Promise<T>
  /**
   * The same value under the primary key; the plaintext is not opened.
   * @throws MaildockError credentials.unreadable
   */
  reseal(secret: SealedSecret, binding: CredentialBinding): SealedSecret
  /** A value that proves later that this key id still means this key. */
  sealCanary(keyId: string): SealedSecret
  /** `unknown_key`: it is not in the key ring. `mismatch`: it is, but it is another key than the one that sealed the canary. */
  checkCanary(canary: SealedSecret): 'match' | 'mismatch' | 'unknown_key'
}

const CANARY_BOUND = ['maildock.canary'] as const

/** Makes the vault of a key ring. */
export function createVault(ring: KeyRing): Vault {
  const { primaryKeyId, keyIds } = ring
  const primaryKey = { ring, keyId: primaryKeyId }
  return Object.freeze({
    primaryKeyId,
    keyIds,
    seal(plaintext: string, binding: CredentialBinding): SealedSecret {
      if (!plaintext.isWellFormed()) throw new TypeError('A credential with lone surrogates cannot be sealed.')
      const padded = padText(plaintext)
      try {
        return sealOctets(primaryKey, padded, boundTo(binding))
      } finally {
        padded.fill(0)
      }
    },
    async withOpened<T>(secret: SealedSecret, binding: CredentialBinding, use: (plaintext: string) => Promise<T> | T): Promise<T> {
      return await use(orUnreadable(() => openText(ring, secret, binding)))
    },
    reseal: (secret: SealedSecret, binding: CredentialBinding) => orUnreadable(() => rewrap(primaryKey, secret, boundTo(binding))),
    sealCanary: (keyId: string) => sealOctets({ ring, keyId }, padText('canary'), CANARY_BOUND),
    checkCanary: (canary: SealedSecret) => {
      if (!keyIds.includes(canary.keyId)) return 'unknown_key'
      try {
        openOctets(ring, canary, CANARY_BOUND)
        return 'match'
      } catch (error) {
        if (error instanceof UnsealError) return 'mismatch'
        throw error
      }
    },
  })
}

function openText(ring: KeyRing, secret: SealedSecret, binding: CredentialBinding): string {
  const padded = openOctets(ring, secret, boundTo(binding))
  try {
    return unpadText(padded)
  } finally {
    padded.fill(0)
  }
}

function boundTo({ accountId, field }: CredentialBinding): readonly string[] {
  return ['maildock.credential', accountId, field]
}

function orUnreadable<T>(open: () => T): T {
  try {
    return open()
  } catch (cause) {
    throw cause instanceof UnsealError ? new MaildockError('credentials.unreadable', { cause }) : cause
  }
}
