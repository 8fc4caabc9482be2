/** Lets so many through at once; the others wait their turn, in order. */
export interface Slots {
  readonly waiting: number
  /** Runs something in a slot. @throws the reason of the signal, also while it waits, and what `use` throws */
  hold<T>(signal: AbortSignal, use: () => Promise<T>): Promise<T>
}

/** So many slots, all of them free. */
export function createSlots(count: number): Slots {
  const queue: (() => void)[] = []
  let free = count
  const give = (): void => {
    const next = queue.shift()
    if (next === undefined) {
      free += 1
    } else {
      next()
    }
  }
  const take = async (signal: AbortSignal): Promise<void> => {
    if (free > 0) {
      free -= 1
      return
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = (): void => {
      const place = queue.indexOf(resolve)
      // Not there: its turn came in this very moment, and the slot is its own.
      if (place >= 0) {
        queue.splice(place, 1)
        reject(signal.reason)
      }
    }
    queue.push(resolve)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }
  return {
    get waiting() {
      return queue.length
    },
    hold: async (signal, use) => {
      signal.throwIfAborted()
      await take(signal)
      try {
        return await use()
      } finally {
        give()
      }
    },
  }
}
