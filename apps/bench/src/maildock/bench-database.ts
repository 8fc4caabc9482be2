import { join } from 'node:path'
import { silentLogger } from '@maildock/core'
import { startEmbeddedPostgres } from '@maildock/db'
import { Client } from 'pg'
import { createTemporaryFolder } from '../processes/temporary-folder.ts'
import { makeCredentialKeys, runMaildock } from './start-maildock.ts'

/** A migrated database as the product sets it up (fsync on), and the settings that name it. */
export interface BenchDatabase {
  readonly connectionString: string
  readonly env: Readonly<Record<string, string>>
}

/** Starts PostgreSQL in a temporary folder and migrates it with the product's own command. */
export async function startBenchDatabase(resources: AsyncDisposableStack): Promise<BenchDatabase> {
  const folder = await createTemporaryFolder(resources, 'database')
  const server = resources.use(await startEmbeddedPostgres({ dataDir: join(folder, 'data'), logger: silentLogger }))
  const { connectionString } = server
  const env = { DATABASE_URL: connectionString, CREDENTIAL_KEYS: makeCredentialKeys() }
  await runMaildock({ args: ['migrate'], env })
  return { connectionString, env }
}

/** A connection to look at it from outside. Closed with the stack. */
export async function openBenchClient(resources: AsyncDisposableStack, { connectionString }: BenchDatabase): Promise<Client> {
  const client = new Client({ connectionString, application_name: 'bench' })
  await client.connect()
  resources.defer(async () => client.end())
  return client
}

/** Forgets all accounts and their mail at once, so that one round leaves the next no work and no disk to fill. */
export async function forgetAccounts(client: Client): Promise<void> {
  await client.query('truncate account cascade')
}
