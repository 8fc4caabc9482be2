/**
 * Waits for a promise, but no longer than so many milliseconds; what it stands for goes on. Null when the time was up. A failure after that is for others to
 * take: whoever calls this has a promise that does not fail, or somebody who listens.
 */
export async function waitAtMost<T>(promise: Promise<T>, timeoutMs: number): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), timeoutMs)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
