import type { Logger } from '@maildock/core'

export interface RepeatOptions {
  /** What the log calls it. */
  readonly name: string
  readonly intervalMs: number
  readonly logger: Logger
}

/**
 * Runs something again and again, never twice at once; the pause varies by a tenth, so that processes do not fall into step. A failure
 * is logged and the next turn comes. Disposing waits for the turn under way.
 */
export function repeat({ name, intervalMs, logger }: RepeatOptions, turn: () => Promise<unknown>): AsyncDisposable {
  const state: { timer: NodeJS.Timeout | null; current: Promise<void> } = { timer: null, current: Promise.resolve() }
  let stopped = false
  const run = async (): Promise<void> => {
    try {
      await turn()
    } catch (error) {
      logger.warn({ turn: name, error: error instanceof Error ? error.name : 'unknown' }, 'A periodic task failed; it comes again.')
    }
    if (!stopped) {
      state.timer = setTimeout(begin, intervalMs * (0.9 + Math.random() * 0.2))
    }
  }
  const begin = (): void => {
    state.current = run()
  }
  begin()
  return {
    [Symbol.asyncDispose]: async () => {
      stopped = true
      if (state.timer !== null) {
        clearTimeout(state.timer)
      }
      await state.current
    },
  }
}
