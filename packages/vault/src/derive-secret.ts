import { hkdfSync } from 'node:crypto'
import { findMasterKey, type KeyRing } from './key-ring.ts'

const SECRET_OCTETS = 32

/**
 * A secret for another purpose, the same in every process of an installation (HKDF with SHA-256, RFC 5869). It comes from the
 * last key of the ring, the one that stays while a new first key is being rotated in; it changes when that key leaves the ring.
 * 32 octets, base64url.
 */
export function deriveSecret(ring: KeyRing, purpose: string): string {
  const key = findMasterKey(ring, ring.keyIds.at(-1) ?? 'none')
  if (key === null) throw new Error('A key ring without its keys derives nothing.')
  return Buffer.from(hkdfSync('sha256', key, '', `maildock.derived.${purpose}`, SECRET_OCTETS)).toString('base64url')
}
