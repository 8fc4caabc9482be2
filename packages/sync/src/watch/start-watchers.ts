import { openLiveListener } from '@maildock/db'
import { repeat } from '../repeat.ts'
import { Fleet, type FleetOptions } from './fleet.ts'

/** The same, and how the process hears of changes. */
export interface WatchersOptions extends FleetOptions {
  readonly connectionString: string
  /** Pause between looks at who watches what. Default 3 s. */
  readonly turnMs?: number | undefined
}

/** Watchers of one process. Disposing hands their accounts over at once and logs out, within 8 s. */
export interface Watchers extends AsyncDisposable {
  /** Accounts whose mailbox is open and listened to. */
  readonly watching: number
}

const TURN_MS = 3_000

/** Starts watching: claims this worker's share of the accounts and keeps an IDLE connection for each. */
export async function startWatchers(options: WatchersOptions): Promise<Watchers> {
  const { connectionString, logger } = options
  const live = await openLiveListener({ connectionString, logger })
  const fleet = new Fleet(options, live)
  const turns = repeat({ name: 'watch', intervalMs: options.turnMs ?? TURN_MS, logger }, async () => fleet.turn())
  return {
    get watching() {
      return fleet.watching
    },
    [Symbol.asyncDispose]: async () => {
      await turns[Symbol.asyncDispose]()
      await fleet.end()
      await live[Symbol.asyncDispose]()
    },
  }
}
