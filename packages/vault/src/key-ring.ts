import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'

export const MASTER_KEY_OCTETS = 32

/** The master keys of an installation, by id; the first one seals. The keys themselves cannot be read from it. */
export interface KeyRing {
  readonly primaryKeyId: string
  /** In the order of the configuration. */
  readonly keyIds: readonly string[]
}

/** The key ring cannot be used. The message lists every problem at once and never holds key material. */
export class KeyRingError extends Error {
  override readonly name = 'KeyRingError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The credential keys cannot be used: ${problems.join(' ')}`)
    this.problems = problems
  }
}

const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/u
const keysOfRing = new WeakMap<KeyRing, ReadonlyMap<string, KeyObject>>()

/**
 * Reads `id:base64,id:base64,…`: 32 random octets each, in base64 or base64url. New values are sealed with the first; the others only open.
 * @throws KeyRingError with all problems
 */
export function parseKeyRing(text: string): KeyRing {
  const problems: string[] = []
  const keys = new Map<string, Buffer>()
  const entries = text.trim() === '' ? [] : text.split(',').map((entry) => entry.trim())
  if (entries.length === 0) problems.push('There is no key. Give at least one, as id:base64.')
  for (const [index, entry] of entries.entries()) {
    const read = readEntry(entry, `Entry ${index + 1}`, problems)
    if (read === null) continue
    if (keys.has(read.id)) problems.push(`The key id "${read.id}" stands there twice.`)
    const twin = [...keys].find(([id, key]) => id !== read.id && key.equals(read.key))
    if (twin !== undefined) problems.push(`The keys "${twin[0]}" and "${read.id}" are the same key.`)
    keys.set(read.id, read.key)
  }
  const [primaryKeyId] = keys.keys()
  if (problems.length > 0 || primaryKeyId === undefined) throw new KeyRingError(problems)
  const ring: KeyRing = Object.freeze({ primaryKeyId, keyIds: Object.freeze([...keys.keys()]) })
  keysOfRing.set(ring, new Map([...keys].map(([id, key]) => [id, createSecretKey(key)])))
  return ring
}

/** The master key of an id, for the ciphers of this package. */
export function findMasterKey(ring: KeyRing, keyId: string): KeyObject | null {
  return keysOfRing.get(ring)?.get(keyId) ?? null
}

/** Makes a new master key, in the form in which the configuration takes it. */
export function generateKeyRingEntry(keyId: string): string {
  if (!KEY_ID.test(keyId)) throw new KeyRingError(['A key id has 1 to 64 letters, digits, dots, hyphens and underscores.'])
  return `${keyId}:${randomBytes(MASTER_KEY_OCTETS).toString('base64')}`
}

/** Never repeats the text of a bad entry: a slip of the colon would put the key in front of it. */
function readEntry(entry: string, where: string, problems: string[]): { id: string; key: Buffer } | null {
  const colon = entry.indexOf(':')
  const id = entry.slice(0, Math.max(colon, 0))
  if (colon < 0 || !KEY_ID.test(id)) {
    problems.push(`${where} is not id:base64, with an id of 1 to 64 letters, digits, dots, hyphens and underscores.`)
    return null
  }
  const key = decodeBase64(entry.slice(colon + 1))
  if (key === null) {
    problems.push(`The key "${id}" is not base64.`)
    return null
  }
  if (key.length !== MASTER_KEY_OCTETS) {
    problems.push(`The key "${id}" has ${key.length} octets instead of ${MASTER_KEY_OCTETS}.`)
    return null
  }
  if (key.every((octet) => octet === key[0])) {
    problems.push(`The key "${id}" is not random: all its octets are equal.`)
    return null
  }
  return { id, key }
}

/** Strict: Node's own decoder passes over whatever it does not understand, and would make a short key of a mistyped one. */
function decodeBase64(text: string): Buffer | null {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/u, '')
  const key = Buffer.from(standard, 'base64')
  return key.toString('base64').replace(/=+$/u, '') === standard && standard !== '' ? key : null
}
