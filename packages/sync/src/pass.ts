import type { Logger, Uuid } from '@maildock/core'
import type { Lease } from '@maildock/db'
import type { Parser } from '@maildock/mail'
import type { Pool } from 'pg'
import type { SourceMemory } from './ingest/source-memory.ts'

/** One run of synchronisation over one account: what every step of it needs. */
export interface Pass {
  readonly accountId: Uuid
  readonly userId: Uuid
  /** Servers and credentials as of this revision of the account. */
  readonly revision: number
  readonly lease: Lease
  readonly pool: Pool
  readonly parser: Parser
  /** Shared by the passes of a process. */
  readonly memory: SourceMemory
  readonly logger: Logger
  /** Fires when the pass must stop: the process ends, or the lease is lost. */
  readonly signal: AbortSignal
  /** Whether the slice has used up its time. Asked between batches; what was begun is finished. */
  readonly isTimeUp: () => boolean
  readonly progress: ProgressThrottle
  /** A visit that found nothing is recorded as well: the next slice goes on behind it. False for a look at one mailbox, which nothing goes on behind. */
  readonly recordsVisits: boolean
}

/** Tells when a notice about progress may be sent: often enough to be followed, seldom enough to cost nothing. */
export interface ProgressThrottle {
  /** True at most once per interval. */
  isDue(): boolean
  /** Since the last notice there was one that was not due: the last word must be heard. */
  readonly heldBack: boolean
}

/** Progress that comes faster than this is not followed by anybody. */
const PROGRESS_INTERVAL_MS = 500

export function createProgressThrottle(intervalMs = PROGRESS_INTERVAL_MS): ProgressThrottle {
  let lastAt = Number.NEGATIVE_INFINITY
  let heldBack = false
  return {
    isDue: () => {
      const now = performance.now()
      const due = now - lastAt >= intervalMs
      lastAt = due ? now : lastAt
      heldBack = !due
      return due
    },
    get heldBack() {
      return heldBack
    },
  }
}
