import { MaildockError } from '@maildock/core'

/** Runs work, a few pieces at a time, in order. @throws MaildockError service.unavailable at once when too much is waiting */
export type WorkLimit = <T>(work: () => Promise<T>) => Promise<T>

/** Bounds how much runs and how much waits, so that a flood is told to come back and nobody else's work is starved. */
export function createWorkLimit(maxRunning: number, maxWaiting: number): WorkLimit {
  const waiting: (() => void)[] = []
  let running = 0

  return async (work) => {
    if (running < maxRunning) {
      running += 1
    } else if (waiting.length < maxWaiting) {
      // The place is handed over, not freed: nobody can slip in between.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      throw new MaildockError('service.unavailable', { retryAfterSeconds: 2 })
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
