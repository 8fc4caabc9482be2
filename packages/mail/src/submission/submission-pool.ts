import { Turnstile } from './turnstile.ts'

/** What the pool keeps: a SubmissionConnection, or anything that ends like one. */
export interface PooledConnection extends AsyncDisposable {
  /** Once false, false for ever. */
  readonly usable: boolean
  destroy(): void
}

export interface SubmissionPoolOptions<T extends PooledConnection> {
  /** Opens a connection of an account. The signal is for the opening alone; the connection outlives who asked for it. */
  readonly open: (key: string, signal: AbortSignal) => Promise<T>
  /** In use at once, of a key. Default 2: providers count. Asked when the first one is lent. */
  readonly maxPerKey?: ((key: string) => number) | undefined
  /** How long one is kept that nobody uses. Default 10 000. */
  readonly idleMs?: number | undefined
  /** How often one is lent before it is closed. Default 100. */
  readonly maxUses?: number | undefined
  /** Who comes when so many wait for one key is turned away. Default 100. */
  readonly maxWaiting?: number | undefined
}

/** The pool was closed. */
export class PoolClosed extends Error {
  override readonly name = 'PoolClosed'
}

interface Kept<T> {
  readonly connection: T
  uses: number
  idle: NodeJS.Timeout | undefined
}

/** The connections of one key. A key that is forgotten gets a new shelf: what is in use then returns to this one, and is closed. */
interface Shelf<T> {
  readonly turnstile: Turnstile
  readonly resting: Kept<T>[]
  forgotten: boolean
}

/** Signed-in connections, kept for a moment by account. Opens nothing by itself. */
export class SubmissionPool<T extends PooledConnection> implements AsyncDisposable {
  readonly #options: Required<{ readonly [K in keyof SubmissionPoolOptions<T>]: NonNullable<SubmissionPoolOptions<T>[K]> }>
  readonly #shelves = new Map<string, Shelf<T>>()
  readonly #uses = new Set<Promise<unknown>>()
  readonly #closing = new AbortController()

  constructor({ open, maxPerKey = () => 2, idleMs = 10_000, maxUses = 100, maxWaiting = 100 }: SubmissionPoolOptions<T>) {
    this.#options = { open, maxPerKey, idleMs, maxUses, maxWaiting }
  }

  /** Connections that nobody uses, for metrics. */
  get restingCount(): number {
    return [...this.#shelves.values()].reduce((sum, { resting }) => sum + resting.length, 0)
  }

  /**
   * Lends a connection of this key, one that rests or a new one, in the order of asking. Afterwards it is kept if it is still usable. When `use`
   * throws it is destroyed: nobody knows what it waits for.
   *
   * @throws what `use` or the opening throws, the reason of the signal, TooManyWaiting, PoolClosed.
   */
  async withConnection<R>(key: string, use: (connection: T) => Promise<R>, signal?: AbortSignal): Promise<R> {
    const either = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    either.throwIfAborted()
    const running = this.#lend(key, use, either)
    this.#uses.add(running)
    try {
      return await running
    } finally {
      this.#uses.delete(running)
    }
  }

  /** Closes the resting connections of a key, and keeps none of those in use: its credentials have changed, or it is gone. */
  async forget(key: string): Promise<void> {
    const shelf = this.#shelves.get(key)
    if (shelf === undefined) return
    shelf.forgotten = true
    this.#shelves.delete(key)
    await closeResting(shelf)
  }

  /** Turns away who waits, closes what rests, and waits for what is in use, which is then closed too. Who is in a hurry aborts the uses. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new PoolClosed('the pool was closed'))
    await Promise.allSettled([...this.#uses, ...[...this.#shelves.values()].map(closeResting)])
    this.#shelves.clear()
  }

  async #lend<R>(key: string, use: (connection: T) => Promise<R>, signal: AbortSignal): Promise<R> {
    const shelf = this.#shelfOf(key)
    await shelf.turnstile.enter(signal)
    try {
      const kept = takeResting(shelf) ?? { connection: await this.#options.open(key, signal), uses: 0, idle: undefined }
      kept.uses += 1
      try {
        const result = await use(kept.connection)
        await this.#giveBack(shelf, kept)
        return result
      } catch (error) {
        kept.connection.destroy()
        throw error
      }
    } finally {
      shelf.turnstile.leave()
      if (shelf.turnstile.isEmpty && shelf.resting.length === 0 && this.#shelves.get(key) === shelf) this.#shelves.delete(key)
    }
  }

  async #giveBack(shelf: Shelf<T>, kept: Kept<T>): Promise<void> {
    const { connection } = kept
    if (!connection.usable) {
      connection.destroy()
      return
    }
    if (kept.uses >= this.#options.maxUses || shelf.forgotten || this.#closing.signal.aborted) {
      await connection[Symbol.asyncDispose]()
      return
    }
    kept.idle = setTimeout(() => {
      shelf.resting.splice(shelf.resting.indexOf(kept), 1)
      void Promise.allSettled([connection[Symbol.asyncDispose]()])
    }, this.#options.idleMs)
    shelf.resting.push(kept)
  }

  #shelfOf(key: string): Shelf<T> {
    const { maxPerKey, maxWaiting } = this.#options
    const shelf = this.#shelves.get(key) ?? { turnstile: new Turnstile(maxPerKey(key), maxWaiting), resting: [], forgotten: false }
    this.#shelves.set(key, shelf)
    return shelf
  }
}

/** The one that was used last: the others may then grow old and close. */
function takeResting<T extends PooledConnection>(shelf: Shelf<T>): Kept<T> | undefined {
  for (let kept = shelf.resting.pop(); kept !== undefined; kept = shelf.resting.pop()) {
    clearTimeout(kept.idle)
    if (kept.connection.usable) return kept
    kept.connection.destroy()
  }
  return undefined
}

async function closeResting<T extends PooledConnection>(shelf: Shelf<T>): Promise<void> {
  const kept = shelf.resting.splice(0)
  for (const { idle } of kept) clearTimeout(idle)
  await Promise.allSettled(kept.map(({ connection }) => connection[Symbol.asyncDispose]()))
}
