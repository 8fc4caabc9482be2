import { countCredentialsByKey, type Database, ensureKeyCanary, listKeyCanaries } from '@maildock/db'
import {
  assertCanaries,
  createVault,
  deriveSecret,
  generateKeyRingEntry,
  type KeyRing,
  KeyRingError,
  parseKeyRing,
  type Vault,
} from '@maildock/vault'
import type { Config } from '../config/config-schema.ts'
import type { DataDir } from '../config/data-dir.ts'
import { StartupProblem } from '../startup-problem.ts'

/**
 * The key ring as text, `id:base64,…`. Configured, or (only with the embedded database, which lives in the same folder)
 * made once and kept in the data folder.
 */
export async function ensureCredentialKeys(config: Config, dataDir: DataDir): Promise<string> {
  return config.CREDENTIAL_KEYS ?? dataDir.ensureSecret('credential-keys', () => generateKeyRingEntry('k1'))
}

/** @throws StartupProblem where no key is configured. */
export function requireCredentialKeys(config: Config): string {
  if (config.CREDENTIAL_KEYS !== undefined) return config.CREDENTIAL_KEYS
  throw new StartupProblem('CREDENTIAL_KEYS is not set. Without a key no credential can be sealed, and nothing is started.')
}

/** The secret that signs the tokens of the embedded sign-in: the same in every process that has the same keys. */
export function deriveSignInSecret(credentialKeys: string): string {
  return deriveSecret(readKeyRing(credentialKeys), 'sign-in')
}

/**
 * The vault of these keys, after they were proved to be the keys this database was used with.
 * @throws StartupProblem naming each key that is missing or another one than before; nothing is written then.
 */
export async function openVault(credentialKeys: string, database: Database): Promise<Vault> {
  const vault = createVault(readKeyRing(credentialKeys))
  const stored = await listKeyCanaries(database.pool)
  const inUse = await countCredentialsByKey(database.pool)
  asStartupProblem(() => assertCanaries(vault, stored, inUse.keys()))
  // Of two processes that bring different keys of a new id at the same time, the one that came second finds out here.
  const kept = await Promise.all(vault.keyIds.map((keyId) => ensureKeyCanary(database.pool, vault.sealCanary(keyId))))
  asStartupProblem(() => assertCanaries(vault, kept, []))
  return vault
}

function readKeyRing(credentialKeys: string): KeyRing {
  return asStartupProblem(() => parseKeyRing(credentialKeys))
}

function asStartupProblem<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof KeyRingError) throw new StartupProblem('CREDENTIAL_KEYS cannot be used:', cause.problems, { cause })
    throw cause
  }
}
