import { randomBytes } from 'node:crypto'
import { createVault, parseKeyRing, type Vault } from '@maildock/vault'
import type { Config } from '../config/config-schema.ts'
import type { DataDir } from '../config/data-dir.ts'

const KEY_OCTETS = 32

/**
 * The key ring as text, `id:base64,…`. Configured, or (only with the embedded database, which lives in the same folder)
 * made once and kept in the data folder.
 */
export async function ensureCredentialKeys(config: Config, dataDir: DataDir): Promise<string> {
  return config.CREDENTIAL_KEYS ?? dataDir.ensureSecret('credential-keys', () => `k1:${randomBytes(KEY_OCTETS).toString('base64')}`)
}

/** The secret of the embedded sign-in's tokens, made once. Every `serve` process of an installation must have the same one. */
export async function ensureSignInSecret(dataDir: DataDir): Promise<string> {
  return dataDir.ensureSecret('sign-in-secret', () => randomBytes(KEY_OCTETS).toString('base64url'))
}

export function openVault(credentialKeys: string): Vault {
  return createVault(parseKeyRing(credentialKeys))
}
