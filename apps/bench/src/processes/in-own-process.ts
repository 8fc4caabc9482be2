import { fork } from 'node:child_process'
import { once } from 'node:events'

type Reply<T> = { readonly result: T } | { readonly failure: string }

/**
 * Runs a module of ours in a process of its own and gives its result: what is measured shares no event loop and no heap with what
 * measures. The module ends with a call of `answerParent`.
 */
export async function runInOwnProcess<T>(module: URL, settings: object): Promise<T> {
  const child = fork(module, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  child.once('error', reject)
  child.once('exit', (code, signal) => reject(new Error(`${module.pathname} ended with ${code ?? signal} and without a result.`)))
  child.once('message', (reply: Reply<T>) => {
    if ('result' in reply) resolve(reply.result)
    else reject(new Error(`${module.pathname}: ${reply.failure}`))
  })
  try {
    child.send(settings)
    return await promise
  } finally {
    child.kill('SIGKILL')
  }
}

/** The other side: waits for the settings, does the work, tells the result. */
export async function answerParent(work: (settings: never) => Promise<unknown>): Promise<void> {
  const [settings] = (await once(process, 'message')) as [never]
  let reply: Reply<unknown>
  try {
    reply = { result: await work(settings) }
  } catch (error) {
    reply = { failure: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }
  }
  process.send?.(reply)
}
