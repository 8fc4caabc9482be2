import { type Database, listCredentialsNotSealedWith, replaceSealed, type StoredCredential } from '@maildock/db'
import { MaildockError, type Logger } from '@maildock/core'
import type { CredentialField, Vault } from '@maildock/vault'

export interface Rotation {
  readonly resealed: number
  /** Values that no configured key opens. They stay as they are; their accounts ask for a new password. */
  readonly unreadable: number
}

/**
 * Seals every credential with the first key. Each value is replaced only if it is still the one that was read, so this may run
 * beside the product, be killed and repeated, or run twice at once; at each moment every value opens with the old or the new key.
 */
export async function rotateCredentials(database: Database, vault: Vault, logger: Logger, signal: AbortSignal): Promise<Rotation> {
  let resealed = 0
  let unreadable = 0
  let after: StoredCredential | undefined
  for (;;) {
    signal.throwIfAborted()
    const page = await listCredentialsNotSealedWith(database.pool, vault.primaryKeyId, after === undefined ? {} : { after })
    after = page.at(-1)
    if (after === undefined) return { resealed, unreadable }
    for (const credential of page) {
      const replacement = reseal(vault, credential, logger)
      if (replacement === null) unreadable += 1
      else if (await replaceSealed(database.pool, credential, replacement)) resealed += 1
    }
  }
}

function reseal(vault: Vault, { accountId, field, keyId, sealed }: StoredCredential, logger: Logger): ReturnType<Vault['reseal']> | null {
  try {
    return vault.reseal({ keyId, sealed }, { accountId, field: field as CredentialField })
  } catch (error) {
    if (!(error instanceof MaildockError)) throw error
    logger.error({ accountId, field, keyId, error }, 'A credential cannot be opened and stays as it is')
    return null
  }
}
