import { startHttpServer } from '../composition/http-server.ts'
import { openInstallation } from '../composition/installation.ts'
import { shutdownRequested } from '../shutdown.ts'

/** Serves until told to stop. The database must be migrated (`maildock migrate`). */
export async function serve(): Promise<void> {
  const { requested } = shutdownRequested()
  const installation = openInstallation('serve')
  await using server = await startHttpServer(installation)
  installation.logger.info({ reason: await requested, port: server.port }, 'Stopping')
}
