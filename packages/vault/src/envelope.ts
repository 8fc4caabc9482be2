/** A sealed value, taken apart. Layout: docs/adr/0004. */
export interface Envelope {
  readonly keyId: string
  /** The data key, sealed with the master key. */
  readonly wrapNonce: Uint8Array
  readonly wrapped: Uint8Array
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
}

const VERSION = 1
export const NONCE_OCTETS = 12
export const TAG_OCTETS = 16
const WRAPPED_OCTETS = 32 + TAG_OCTETS

/** Version, length of the key id, key id, nonce and wrapped data key, nonce and ciphertext (each with its tag at the end). */
export function encodeEnvelope({ keyId, wrapNonce, wrapped, nonce, ciphertext }: Envelope): Uint8Array {
  const id = Buffer.from(keyId, 'utf8')
  return Buffer.concat([Uint8Array.of(VERSION, id.length), id, wrapNonce, wrapped, nonce, ciphertext])
}

/** Null for what no version of this format is. */
export function decodeEnvelope(sealed: Uint8Array): Envelope | null {
  const [version, idLength = 0] = sealed
  const wrapAt = 2 + idLength
  const dataAt = wrapAt + NONCE_OCTETS + WRAPPED_OCTETS
  if (version !== VERSION || idLength === 0 || sealed.length < dataAt + NONCE_OCTETS + TAG_OCTETS) return null
  return {
    keyId: Buffer.from(sealed.subarray(2, wrapAt)).toString('utf8'),
    wrapNonce: sealed.subarray(wrapAt, wrapAt + NONCE_OCTETS),
    wrapped: sealed.subarray(wrapAt + NONCE_OCTETS, dataAt),
    nonce: sealed.subarray(dataAt, dataAt + NONCE_OCTETS),
    ciphertext: sealed.subarray(dataAt + NONCE_OCTETS),
  }
}
