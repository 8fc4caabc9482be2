import { availableParallelism } from 'node:os'
import { openInstallation } from '../composition/installation.ts'
import { startSyncWorker } from '../composition/worker.ts'
import { shutdownRequested } from '../shutdown.ts'
import { planWorkers, superviseProcesses } from '../supervisor.ts'

/** Works until told to stop: in this process, or, where more than one is asked for, in children that are started again when they die. */
export async function work(): Promise<void> {
  const { requested } = shutdownRequested()
  const installation = openInstallation('work')
  const count = installation.config.WORK_PROCESSES ?? availableParallelism()
  await using stack = new AsyncDisposableStack()
  // A queue that gives up by itself ends this process with an error: whoever supervises it starts it again.
  const ended: Promise<unknown>[] = [requested]
  if (count === 1) ended.push(stack.use(await startSyncWorker(installation)).stopped)
  else stack.use(superviseProcesses({ processes: planWorkers(count, {}), logger: installation.logger }))
  installation.logger.info({ reason: await Promise.race(ended) }, 'Stopping')
}
