import type { Logger } from '@maildock/core'
import type { Pool } from 'pg'
import type { SyncDependencies } from '../sync-account.ts'
import type { HostGate } from '../hosts/host-gate.ts'
import type { Seats } from './seats.ts'
import type { Slots } from './slots.ts'
import type { WatchClaim } from './watch-store.ts'

/** What all watchers of a process share. */
export interface WatchContext extends SyncDependencies {
  readonly pool: Pool
  readonly logger: Logger
  readonly workerId: string
  readonly hosts: HostGate
  /** Logins at once, whatever the host. */
  readonly loginSlots: Slots
  /** Passes at once: each takes a connection of the pool. */
  readonly passSlots: Slots
  /** For second connections of accounts. */
  readonly seats: Seats
  /** An account was found to be up to date, without a pass. */
  readonly confirm: (accountId: string) => void
  /** Pause between two checks of all mailboxes of an account. Default 270 s. */
  readonly checkAfterMs?: number | undefined
}

/** How a watch is told to end. */
export interface WatchSignals {
  /** The watch should end: what is under way is finished, and the server told goodbye. */
  readonly stop: AbortSignal
  /** It must end now: the socket is destroyed. */
  readonly abort: AbortSignal
}

/** One account that is watched: by whom, by what right, and until when. */
export interface Watched {
  readonly context: WatchContext
  readonly claim: WatchClaim
  readonly signals: WatchSignals
}
