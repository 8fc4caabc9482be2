import { setTimeout as delay } from 'node:timers/promises'

export interface PollOptions {
  /** Pause between two looks. */
  readonly everyMs: number
  /** A pause lasts so many times as long as the look before it, at least: what looks takes time from what is measured. Default 0. */
  readonly timesTheLook?: number
  readonly deadlineMs: number
  /** What is waited for, as the error tells it. */
  readonly what: string
}

/** Asks until the answer satisfies, and gives it. @throws when the deadline passes; what `ask` throws is passed on */
export async function poll<T>(ask: () => Promise<T>, satisfied: (answer: T) => boolean, options: PollOptions): Promise<T> {
  const endsAt = performance.now() + options.deadlineMs
  for (;;) {
    const askedAt = performance.now()
    const answer = await ask()
    const tookMs = performance.now() - askedAt
    if (satisfied(answer)) return answer
    if (performance.now() > endsAt) {
      throw new Error(`${options.what}: not within ${options.deadlineMs} ms. The last answer: ${JSON.stringify(answer)}`)
    }
    await delay(Math.max(options.everyMs, (options.timesTheLook ?? 0) * tookMs))
  }
}
