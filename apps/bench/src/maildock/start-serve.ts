import { findFreePorts } from '@maildock/testkit'
import { poll } from '../processes/poll.ts'
import type { RunningProcess } from '../processes/running-process.ts'
import { startMaildock } from './start-maildock.ts'

export interface ServeOptions {
  readonly env: Readonly<Record<string, string>>
  readonly profileDir?: string | undefined
}

export interface RunningServe {
  readonly url: string
  readonly process: RunningProcess
}

/** Starts `maildock serve` on a free port and waits until it is ready. Stopped with the stack. */
export async function startServe(resources: AsyncDisposableStack, { env, profileDir }: ServeOptions): Promise<RunningServe> {
  const [port = 0] = await findFreePorts(1)
  const serving = resources.use(startMaildock({ args: ['serve'], env: { ...env, PORT: String(port) }, profileDir }))
  const url = `http://127.0.0.1:${port}`
  await serving.waitFor(/"port":\d+/u)
  await untilAnswered(`${url}/readyz`)
  return { url, process: serving }
}

/** Waits until an address answers with success. */
export async function untilAnswered(url: string): Promise<void> {
  await poll(
    async () => statusOf(url),
    (status) => status === 200,
    { everyMs: 20, deadlineMs: 60_000, what: url },
  )
}

async function statusOf(url: string): Promise<number | string> {
  try {
    return (await fetch(url)).status
  } catch (error) {
    // Nobody listens yet.
    return error instanceof Error ? error.message : 'unreachable'
  }
}
