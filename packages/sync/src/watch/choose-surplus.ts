import type { Seats } from './seats.ts'
import type { WatchClaim } from './watch-store.ts'

/** What decides whether a watch is one of those that are given up. */
export interface GiveableWatch {
  readonly claim: Pick<WatchClaim, 'host'>
  /** Aborted: it ends already. */
  readonly stop: AbortController
  /** Its connection is open. One that is still to be opened is no surplus: the host refuses it. */
  readonly isWatching: boolean
}

/** A host that has more connections than it allows, and how many more. */
export interface HostSurplus {
  readonly host: string
  readonly surplus: number
}

/**
 * Chooses which watches a host's surplus costs: first the second connections of accounts go, which are asked to leave here, then whole watches. The
 * surplus is told again and again until they are gone: what is on its way out counts, so that no more go than have to.
 * @returns the watches to be stopped
 */
export function chooseSurplus<T extends GiveableWatch>(watches: Iterable<T>, seats: Seats, { host, surplus }: HostSurplus): readonly T[] {
  const here = [...watches].filter(({ claim }) => claim.host === host)
  const ending = here.filter(({ stop }) => stop.signal.aborted).length
  const leaving = ending + seats.vacate(host, surplus - ending)
  return here.filter(({ stop, isWatching }) => isWatching && !stop.signal.aborted).slice(0, Math.max(0, surplus - leaving))
}
