/**
 * The same values, each one made while the one before it is in use: what makes them and what uses them go on at the same time. An error comes in
 * its place among the values. Leaving the loop early waits for the value that is being made; how it ends does not matter then.
 */
export async function* prefetch<T>(source: AsyncGenerator<T>, discard: (value: T) => void = () => undefined): AsyncGenerator<T> {
  let next = source.next()
  // It is awaited in its turn: until then a failure is nobody's yet.
  next.catch(() => undefined)
  try {
    for (;;) {
      const { done, value } = await next
      if (done === true) {
        return
      }
      next = source.next()
      next.catch(() => undefined)
      yield value
    }
  } finally {
    const [left] = await Promise.allSettled([next])
    if (left?.status === 'fulfilled' && left.value.done !== true) {
      discard(left.value.value)
    }
    await source.return(undefined)
  }
}
