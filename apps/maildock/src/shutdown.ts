/** How long a process may take to stop before it ends itself. */
export const SHUTDOWN_DEADLINE_MS = 15_000

/**
 * Resolves at the first SIGINT or SIGTERM, or when the parent process is gone (a child that was forked with a channel).
 * A second signal ends the process at once: killing is safe.
 */
export function shutdownRequested(): { readonly signal: AbortSignal; readonly requested: Promise<string> } {
  const controller = new AbortController()
  const requested = new Promise<string>((resolve) => {
    const request = (reason: string): void => {
      if (controller.signal.aborted) {
        process.exit(130)
      }
      controller.abort(new Error(`Stopping: ${reason}`))
      resolve(reason)
      setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref()
    }
    process.on('SIGINT', () => request('SIGINT'))
    process.on('SIGTERM', () => request('SIGTERM'))
    if (process.channel !== undefined) {
      process.channel.unref()
      process.once('disconnect', () => request('the parent process is gone'))
    }
  })
  return { signal: controller.signal, requested }
}
