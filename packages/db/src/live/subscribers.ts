import type { LiveNotice, Logger } from '@maildock/core'
import type { LiveSubscriber } from './live-signal.ts'

/** Who listens, by user. A subscriber that throws is logged and does not keep others from hearing. */
export class Subscribers {
  readonly #byUser = new Map<string, Set<LiveSubscriber>>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  add(userId: string, subscriber: LiveSubscriber): () => void {
    // Wrapped, so that one function subscribed twice is heard twice and ended one by one.
    const entry: LiveSubscriber = (signal) => subscriber(signal)
    const entries = this.#byUser.get(userId) ?? new Set()
    this.#byUser.set(userId, entries.add(entry))
    return () => {
      entries.delete(entry)
      if (entries.size === 0 && this.#byUser.get(userId) === entries) this.#byUser.delete(userId)
    }
  }

  tell(notice: LiveNotice): void {
    for (const subscriber of this.#byUser.get(notice.userId) ?? []) this.#call(subscriber, notice)
  }

  resync(): void {
    for (const entries of this.#byUser.values()) {
      for (const subscriber of entries) this.#call(subscriber, { kind: 'resync' })
    }
  }

  #call(subscriber: LiveSubscriber, signal: Parameters<LiveSubscriber>[0]): void {
    try {
      subscriber(signal)
    } catch (error) {
      this.#logger.error({ err: error, kind: signal.kind }, 'A live subscriber failed.')
    }
  }
}
