import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@maildock/core'
import type { LiveListener, LiveSignal } from '@maildock/db'
import type { Pool } from 'pg'
import type { HostGate } from '../hosts/host-gate.ts'
import type { SyncDependencies } from '../sync-account.ts'
import { chooseSurplus } from './choose-surplus.ts'
import { keepWatching, LIVED_MS } from './keep-watching.ts'
import { planShare } from './plan-share.ts'
import { Seats } from './seats.ts'
import { createSlots } from './slots.ts'
import type { WatchContext } from './watch-context.ts'
import {
  claimWatches,
  listOwnWatches,
  offerToWatch,
  readWatchShares,
  recordConfirmed,
  releaseWatches,
  type WatchClaim,
} from './watch-store.ts'

/** What watches are done with, and how many there may be. */
export interface FleetOptions extends SyncDependencies {
  readonly pool: Pool
  readonly logger: Logger
  readonly hosts: HostGate
  /** Under which the process beats. */
  readonly workerId: string
  /** Connections at most. One for each account comes first. */
  readonly limit: number
  /** Silence after which another worker's accounts are taken over. Default 10 s. */
  readonly silentForMs?: number | undefined
  /** Pause between two checks of all mailboxes of an account. Default 270 s. */
  readonly checkAfterMs?: number | undefined
}

/** A claimed account, and its watch. */
interface Entry {
  readonly claim: WatchClaim
  readonly stop: AbortController
  readonly abort: AbortController
  /** Its connection is open, and INBOX is up to date. */
  isWatching: boolean
  /** Nobody takes the account before this has passed since its release. */
  forMs: number
  unsubscribe: () => void
  done: Promise<void>
}

const SILENT_FOR_MS = 10_000
const LOGINS_AT_ONCE = 16
const PASSES_AT_ONCE = 16
/** Starts of many accounts are spread over so much each. */
const SPREAD_PER_ACCOUNT_MS = 5
const NOTICE_PAUSE_MS = 50
/** What has not said goodbye by then is cut off. */
const GOODBYE_MS = 4_000

/** The watches of one process: which accounts they are of, and from when until when. */
export class Fleet {
  readonly #options: FleetOptions
  readonly #live: LiveListener
  readonly #context: WatchContext
  readonly #entries = new Map<string, Entry>()
  /** Accounts that were found to be up to date since the last turn. */
  readonly #confirmed = new Set<string>()
  readonly #seats = new Seats()
  /** Accounts something was told about, to be looked at together. */
  readonly #noticed = new Set<string>()
  #noticeTimer: NodeJS.Timeout | null = null

  constructor(options: FleetOptions, live: LiveListener) {
    this.#options = options
    this.#live = live
    options.hosts.onSurplus = (host, surplus) => this.#thinOut(host, surplus)
    this.#context = {
      ...options,
      seats: this.#seats,
      confirm: (accountId) => void this.#confirmed.add(accountId),
      loginSlots: createSlots(LOGINS_AT_ONCE),
      passSlots: createSlots(PASSES_AT_ONCE),
    }
  }

  /** Accounts whose mailbox is open and listened to. */
  get watching(): number {
    return [...this.#entries.values()].filter(({ isWatching }) => isWatching).length
  }

  /** Looks at who watches what, and takes or gives what evens it out. */
  async turn(): Promise<void> {
    const { pool, workerId, limit, silentForMs = SILENT_FOR_MS } = this.#options
    const known = await offerToWatch(pool, workerId, limit)
    await this.#check(null)
    await this.#recordConfirmed()
    if (!known) {
      return
    }
    const shares = await readWatchShares(pool, silentForMs)
    const { claim, release } = planShare({ self: workerId, ...shares })
    const surplus = [...this.#entries.values()].filter(({ stop }) => !stop.signal.aborted).slice(0, release)
    for (const entry of surplus) {
      this.#stop(entry)
    }
    this.#seats.setRoom(limit - this.#entries.size - claim)
    const claims = claim === 0 ? [] : await claimWatches(pool, { workerId, silentForMs, limit: claim })
    for (const claimed of claims) {
      this.#start(claimed, Math.random() * claims.length * SPREAD_PER_ACCOUNT_MS)
    }
  }

  async #recordConfirmed(): Promise<void> {
    const accountIds = [...this.#confirmed]
    this.#confirmed.clear()
    if (accountIds.length > 0) {
      await recordConfirmed(this.#options.pool, this.#options.workerId, accountIds)
    }
  }

  /** Gives everything back first, so that others begin while this worker says goodbye. */
  async end(): Promise<void> {
    const { pool, workerId, logger } = this.#options
    if (this.#noticeTimer !== null) {
      clearTimeout(this.#noticeTimer)
    }
    const entries = [...this.#entries.values()]
    for (const entry of entries) {
      this.#stop(entry)
    }
    try {
      await offerToWatch(pool, workerId, 0)
      await releaseWatches(pool, { workerId, accountIds: entries.map(({ claim }) => claim.accountId) })
    } catch (error) {
      logger.warn({ error: nameOf(error) }, 'Watched accounts could not be given back; they are taken over when this worker is silent.')
    }
    const patience = setTimeout(() => {
      for (const { abort } of entries) {
        abort.abort(new Error('The worker stops.'))
      }
    }, GOODBYE_MS)
    await Promise.all(entries.map(async ({ done }) => done))
    clearTimeout(patience)
  }

  #start(claim: WatchClaim, afterMs: number): void {
    const entry: Entry = {
      claim,
      stop: new AbortController(),
      abort: new AbortController(),
      isWatching: false,
      forMs: 0,
      unsubscribe: this.#live.subscribe(claim.userId, (signal) => this.#hear(claim.accountId, signal)),
      done: Promise.resolve(),
    }
    this.#entries.set(claim.accountId, entry)
    entry.done = this.#run(entry, afterMs)
  }

  #stop(entry: Entry, forMs = 0): void {
    entry.forMs = Math.max(entry.forMs, forMs)
    entry.stop.abort(new Error('The watch ends.'))
  }

  async #run(entry: Entry, afterMs: number): Promise<void> {
    const { claim, stop, abort } = entry
    const watched = { context: this.#context, claim, signals: { stop: stop.signal, abort: abort.signal } }
    try {
      await delay(afterMs, undefined, { signal: stop.signal })
      entry.forMs = Math.max(entry.forMs, await keepWatching(watched, (isWatching) => (entry.isWatching = isWatching)))
    } catch (error) {
      if (!stop.signal.aborted) {
        this.#options.logger.error({ accountId: claim.accountId, error: nameOf(error) }, 'A watch ended with an error of ours.')
        entry.forMs = Math.max(entry.forMs, LIVED_MS)
      }
    } finally {
      entry.unsubscribe()
      await this.#release(entry)
      // Once it is given back, a turn may have claimed it anew.
      if (this.#entries.get(claim.accountId) === entry) {
        this.#entries.delete(claim.accountId)
      }
    }
  }

  async #release({ claim: { accountId }, forMs }: Entry): Promise<void> {
    const { pool, workerId, logger } = this.#options
    try {
      await releaseWatches(pool, { workerId, accountIds: [accountId], forMs })
    } catch (error) {
      logger.warn({ accountId, error: nameOf(error) }, 'A watched account could not be given back; the next turn does.')
    }
  }

  #hear(accountId: string, signal: LiveSignal): void {
    const concerned = signal.kind === 'resync' || (signal.kind === 'account' && signal.accountId === accountId)
    if (concerned) {
      this.#noticed.add(accountId)
      this.#noticeTimer ??= setTimeout(() => void this.#checkNoticed(), NOTICE_PAUSE_MS)
    }
  }

  async #checkNoticed(): Promise<void> {
    this.#noticeTimer = null
    const accountIds = [...this.#noticed]
    this.#noticed.clear()
    try {
      await this.#check(accountIds)
    } catch (error) {
      this.#options.logger.warn({ error: nameOf(error) }, 'Watched accounts could not be checked; the next turn does.')
    }
  }

  /**
   * Stops what is not this worker's to watch any more: disconnected, changed, or taken over while it was silent. A claim without a watch, of a
   * release that failed, is given back. Null: all accounts.
   */
  async #check(accountIds: readonly string[] | null): Promise<void> {
    const { pool, workerId } = this.#options
    const before = new Set(this.#entries.keys())
    const held = await listOwnWatches(pool, workerId, accountIds)
    for (const accountId of accountIds ?? before) {
      const entry = this.#entries.get(accountId)
      if (entry !== undefined && before.has(accountId) && held.get(accountId) !== entry.claim.revision) {
        this.#stop(entry)
      }
    }
    const stray = [...held.keys()].filter((accountId) => !before.has(accountId) && !this.#entries.has(accountId))
    if (stray.length > 0) {
      await releaseWatches(pool, { workerId, accountIds: stray })
    }
  }

  /** The host allows fewer connections than are open. */
  #thinOut(host: string, surplus: number): void {
    for (const entry of chooseSurplus(this.#entries.values(), this.#seats, { host, surplus })) {
      this.#stop(entry, Math.round(LIVED_MS * (1 + 2 * Math.random())))
    }
    this.#options.logger.warn({ host, surplus }, 'A mail server allows fewer connections than were open; some are given up.')
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
