/**
 * Why a message could not be had. `refused`: the server said no, or sent nothing. `violation`: its answer broke a limit or the
 * protocol, which costs the connection. `lost`: the connection was lost while it was fetched.
 */
export type WithholdingReason = 'refused' | 'violation' | 'lost'

/** A message that is on the server and could not be had so far. */
export interface Withheld {
  readonly reason: WithholdingReason
  /** In a row. */
  readonly failures: number
  /** Null: with the next visit. */
  readonly nextAttemptAt: Date | null
}

/**
 * How such a message is asked for the next time. `with_others`: as any other. `alone`: so that only one is at fault.
 * `header`: its source is given up, its header is asked for. `nothing`: not even that.
 */
export type WithheldApproach = 'with_others' | 'alone' | 'header' | 'nothing'

const RETRY_MS = 6 * 60 * 60_000
/** Connections are lost for many reasons. So many times with the same messages, and they are asked for alone; twice as many, and later. */
const LOST_TOGETHER = 3

/** The first violation may be of any message of its batch; the second one came when it was asked for alone. */
export function planApproach({ reason, failures }: Withheld): WithheldApproach {
  switch (reason) {
    case 'refused':
      return 'with_others'
    case 'lost':
      return failures < LOST_TOGETHER ? 'with_others' : 'alone'
    case 'violation':
      return failures < 2 ? 'alone' : failures === 2 ? 'header' : 'nothing'
    default:
      return reason satisfies never
  }
}

/** The record of a message after one more failure: from the second refusal on it waits, so that it does not cost every pass. */
export function planWithheld(before: Withheld | undefined, reason: WithholdingReason, now: Date): Withheld {
  const failures = before?.reason === reason ? before.failures + 1 : 1
  const waits = (reason === 'refused' && failures >= 2) || (reason === 'lost' && failures >= 2 * LOST_TOGETHER)
  return { reason, failures, nextAttemptAt: waits ? new Date(now.getTime() + RETRY_MS) : null }
}

/** UIDs whose time has not come yet. */
export function listPutOff(withheld: ReadonlyMap<number, Withheld>, now: Date): Set<number> {
  return new Set([...withheld].filter(([, { nextAttemptAt }]) => nextAttemptAt !== null && nextAttemptAt > now).map(([uid]) => uid))
}
