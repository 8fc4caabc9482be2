/** A live worker that is ready to watch. */
export interface WatchingWorker {
  readonly id: string
  /** Accounts it is ready to watch. */
  readonly limit: number
  /** Accounts it watches. */
  readonly claimed: number
}

export interface ShareInput {
  readonly self: string
  readonly workers: readonly WatchingWorker[]
  /** Accounts that nobody watches and that could be. */
  readonly unclaimed: number
}

/** At most one of them is above zero. */
export interface SharePlan {
  readonly claim: number
  readonly release: number
}

/** Accounts let go of in one turn: the others must be able to take them up as fast. */
const RELEASE_AT_ONCE = 500

/**
 * How many accounts this worker should take or give up, so that all of them together are spread evenly over the live workers, none over its
 * limit. Every worker plans by itself from the same numbers; shares are rounded up, so that nothing is left over and nobody gives back
 * and forth.
 */
export function planShare({ self, workers, unclaimed }: ShareInput): SharePlan {
  const own = workers.find(({ id }) => id === self)
  if (own === undefined) {
    return { claim: 0, release: 0 }
  }
  const total = workers.reduce((sum, { claimed }) => sum + claimed, unclaimed)
  const share = Math.min(own.limit, levelOf(workers, total))
  return {
    claim: Math.min(Math.max(0, share - own.claimed), unclaimed),
    release: Math.min(Math.max(0, own.claimed - share), RELEASE_AT_ONCE),
  }
}

/** The least height to which all workers can be filled, each to its limit at most, so that everything finds room. */
function levelOf(workers: readonly WatchingWorker[], total: number): number {
  const limits = workers.map(({ limit }) => limit).toSorted((left, right) => left - right)
  let rest = total
  for (const [index, limit] of limits.entries()) {
    const level = Math.ceil(rest / (limits.length - index))
    if (level <= limit) {
      return level
    }
    rest -= limit
  }
  return limits.at(-1) ?? 0
}
