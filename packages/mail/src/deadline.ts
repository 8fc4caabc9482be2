/**
 * An overall limit for one operation on the network, whatever the libraries below think of inactivity. Its signal fires when the
 * time is up or when the caller gives up; whoever holds a socket destroys it then.
 */
export class Deadline implements Disposable {
  readonly #ending = new AbortController()
  readonly signal = this.#ending.signal
  readonly #timer: NodeJS.Timeout
  readonly #caller: AbortSignal | undefined
  readonly #endsAt: number

  constructor(durationMs: number, caller?: AbortSignal) {
    this.#caller = caller
    this.#endsAt = performance.now() + durationMs
    this.#timer = setTimeout(() => this.#ending.abort(new DeadlineExceeded(durationMs)), durationMs)
    // One listener costs a fraction of AbortSignal.any, and there are several deadlines to each message.
    if (caller?.aborted === true) this.#onAbandoned()
    else caller?.addEventListener('abort', this.#onAbandoned, { once: true })
  }

  readonly #onAbandoned = (): void => this.#ending.abort(this.#caller?.reason)

  /** Time is up, and it was not the caller who gave up first. */
  get expired(): boolean {
    return this.signal.aborted && !this.abandoned
  }

  /** The caller gave up. */
  get abandoned(): boolean {
    return this.#caller?.aborted === true
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now())
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#caller?.removeEventListener('abort', this.#onAbandoned)
  }
}

/** The reason of a deadline's signal. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded'
  readonly durationMs: number

  constructor(durationMs: number) {
    super(`not done within ${durationMs} ms`)
    this.durationMs = durationMs
  }
}

/** Waits for a promise that cannot be cancelled, but no longer than the signal allows. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    // Begun all the same. How it ends is nobody's concern, but a failure nobody takes would end the process (faults G17).
    void Promise.allSettled([promise])
    throw signal.reason
  }
  const aborted = Promise.withResolvers<never>()
  const onAbort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
