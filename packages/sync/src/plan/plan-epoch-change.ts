/** How often the UIDVALIDITY of a mailbox changed lately. */
export interface EpochHistory {
  readonly changes: number
  /** When they began to be counted. */
  readonly since: Date | null
}

export interface EpochChangePlan {
  readonly history: { readonly changes: number; readonly since: Date }
  /** Not null: the change is not followed, and the mailbox is left alone until then. */
  readonly parkedUntil: Date | null
}

/** Following a change means to read the whole mailbox again. The third one within a day is not followed (faults A2). */
const MAX_CHANGES = 3
const DAY_MS = 24 * 60 * 60_000

/** Whether to follow a new UIDVALIDITY. A day after the first change the count begins anew. */
export function planEpochChange({ changes, since }: EpochHistory, now: Date): EpochChangePlan {
  if (since === null || now.getTime() - since.getTime() >= DAY_MS) {
    return { history: { changes: 1, since: now }, parkedUntil: null }
  }
  const history = { changes: changes + 1, since }
  return { history, parkedUntil: history.changes < MAX_CHANGES ? null : new Date(since.getTime() + DAY_MS) }
}
