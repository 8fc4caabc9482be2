/** Most keys of one statement. More wait for the next. */
const MAX_KEYS = 500

/**
 * Makes one read of many that are asked for in the same turn of the event loop. Each is answered by a read that began after it was asked
 * for, so nobody gets an older answer than they would have got alone. A read that fails fails for all who shared it.
 */
export function readTogether<V>(readAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>): (key: string) => Promise<V | null> {
  let waiting: Batch<V> | null = null

  const begin = (batch: Batch<V>): void => {
    if (waiting === batch) waiting = null
    readAll([...batch.keys]).then(batch.resolve, batch.reject)
  }
  const open = (): Batch<V> => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, V>>()
    const batch: Batch<V> = { keys: new Set(), answer: promise, resolve, reject }
    setImmediate(begin, batch)
    return batch
  }
  return async (key) => {
    if (waiting === null || waiting.keys.size >= MAX_KEYS) waiting = open()
    waiting.keys.add(key)
    return (await waiting.answer).get(key) ?? null
  }
}

interface Batch<V> {
  readonly keys: Set<string>
  readonly answer: Promise<ReadonlyMap<string, V>>
  readonly resolve: (answer: ReadonlyMap<string, V>) => void
  readonly reject: (reason: unknown) => void
}
