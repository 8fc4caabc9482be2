/** How long a process may take to stop before it ends itself. */
export const SHUTDOWN_DEADLINE_MS = 15_000

/** One Ctrl-C arrives several times: from the terminal, from npm and from the start script, each of which passes it on. */
const SAME_REQUEST_MS = 1_000

/** What of `process` is needed here. */
export interface ShutdownHost {
  on(event: 'SIGINT' | 'SIGTERM' | 'disconnect', listener: () => void): unknown
  exit(code: number): unknown
  readonly channel?: { unref(): void } | null | undefined
}

export interface Shutdown {
  readonly signal: AbortSignal
  readonly requested: Promise<string>
}

/**
 * Resolves at the first SIGINT or SIGTERM, or when the parent process is gone (a child that was forked with a channel).
 * One more signal, a second later or more, ends the process at once: killing is safe.
 */
export function shutdownRequested(host: ShutdownHost = process, now: () => number = () => performance.now()): Shutdown {
  const controller = new AbortController()
  const requested = new Promise<string>((resolve) => {
    let requestedAt: number | undefined
    const request = (reason: string): void => {
      if (requestedAt !== undefined) {
        if (now() - requestedAt >= SAME_REQUEST_MS) host.exit(130)
        return
      }
      requestedAt = now()
      controller.abort(new Error(`Stopping: ${reason}`))
      resolve(reason)
      setTimeout(() => host.exit(1), SHUTDOWN_DEADLINE_MS).unref()
    }
    host.on('SIGINT', () => request('SIGINT'))
    host.on('SIGTERM', () => request('SIGTERM'))
    if (host.channel !== undefined && host.channel !== null) {
      host.channel.unref()
      host.on('disconnect', () => request('the parent process is gone'))
    }
  })
  return { signal: controller.signal, requested }
}
