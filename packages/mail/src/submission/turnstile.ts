/** Too many wait already. */
export class TooManyWaiting extends Error {
  override readonly name = 'TooManyWaiting'
}

/** Lets so many in at once, the others in the order in which they came. */
export class Turnstile {
  readonly #max: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #inside = 0

  constructor(max: number, maxWaiting: number) {
    this.#max = max
    this.#maxWaiting = maxWaiting
  }

  get isEmpty(): boolean {
    return this.#inside === 0
  }

  /** @throws TooManyWaiting, or the reason of the signal: then there is nothing to leave. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#inside < this.#max) {
      this.#inside += 1
      return
    }
    if (this.#waiting.length >= this.#maxWaiting) throw new TooManyWaiting(`${this.#waiting.length} wait already`)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const giveUp = (): void => {
      const place = this.#waiting.indexOf(resolve)
      // Let in already, in this very moment: who asked finds the signal himself.
      if (place === -1) return
      this.#waiting.splice(place, 1)
      reject(signal.reason)
    }
    this.#waiting.push(resolve)
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** Once for each enter that was let in. */
  leave(): void {
    const next = this.#waiting.shift()
    // Who comes in takes the place of who leaves.
    if (next === undefined) this.#inside -= 1
    else next()
  }
}
