import { openDatabase } from '@maildock/db'
import { openInstallation } from '../composition/installation.ts'
import { openVault } from '../composition/keys.ts'
import { rotateCredentials } from '../composition/rotate-credentials.ts'
import { shutdownRequested } from '../shutdown.ts'
import { StartupProblem } from '../startup-problem.ts'

/** Seals every credential with the first of CREDENTIAL_KEYS. Afterwards the others may leave the configuration. */
export async function rotateKeys(): Promise<void> {
  const { signal } = shutdownRequested()
  const { connectionString, credentialKeys, logger } = openInstallation('rotate-keys')
  await using database = openDatabase({ connectionString, applicationName: 'maildock-rotate', maxConnections: 2, logger })
  const vault = await openVault(credentialKeys, database)
  const { resealed, unreadable } = await rotateCredentials(database, vault, logger, signal)
  process.stdout.write(`${resealed} credentials are sealed with "${vault.primaryKeyId}" now.\n`)
  if (unreadable > 0)
    throw new StartupProblem(`${unreadable} credentials could not be opened with the configured keys; the log names their accounts.`)
}
