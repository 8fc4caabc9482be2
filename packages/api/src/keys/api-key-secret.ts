import { createHash, randomBytes } from 'node:crypto'
import { API_KEY_PREFIX_LENGTH } from '@maildock/core'

const SECRET_OCTETS = 32

/** A key and what is stored of it. */
export interface ApiKeySecret {
  /** To be told once, and then forgotten. */
  readonly key: string
  readonly prefix: string
  readonly hash: Buffer
}

/** Makes a key nobody can guess: 256 random bits. */
export function makeApiKeySecret(): ApiKeySecret {
  const key = `msk_${randomBytes(SECRET_OCTETS).toString('hex')}`
  return { key, prefix: key.slice(0, API_KEY_PREFIX_LENGTH), hash: hashApiKey(key) }
}

/**
 * What is stored of a key and looked up by: SHA-256 of the whole of it. A slow hash makes up for secrets that people choose; this one cannot be
 * guessed at any speed, and a fast hash keeps a lookup at one indexed read.
 */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
