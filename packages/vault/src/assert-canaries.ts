import { KeyRingError } from './key-ring.ts'
import type { SealedSecret } from './sealing.ts'
import type { Vault } from './vault.ts'

/**
 * Refuses a key ring that does not belong to this database, before anything can be written with it. `keyIdsInUse`: those that
 * sealed something that is stored.
 * @throws KeyRingError with all problems: an id that means another key now, a key that is missing although values need it
 */
export function assertCanaries(vault: Vault, canaries: readonly SealedSecret[], keyIdsInUse: Iterable<string>): void {
  const problems: string[] = []
  for (const canary of canaries) {
    if (vault.checkCanary(canary) === 'mismatch') {
      problems.push(`The key "${canary.keyId}" is not the key of this id that this database was used with.`)
    }
  }
  for (const keyId of new Set(keyIdsInUse)) {
    if (!vault.keyIds.includes(keyId)) problems.push(`The key "${keyId}" is missing: stored credentials are sealed with it.`)
  }
  if (problems.length > 0) throw new KeyRingError(problems)
}
