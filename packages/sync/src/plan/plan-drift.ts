export interface Comparison {
  readonly listed: readonly number[]
  /** Stored before the visit brought anything, and withheld. */
  readonly known: ReadonlySet<number>
  /** All UIDs below were assigned when the mailbox was last brought up to date. Null: it was not. */
  readonly uidNext: number | null
  /** The server told all removals, and nothing was removed since. */
  readonly removalsTold: boolean
}

/**
 * How many UIDs differ that should not: of messages the server has had all the time and we have not, and of messages we have and the
 * server has not, where it would have told. Anything but 0 is a fault, of the server or of ours (design.md, "Anti-entropy").
 */
export function countDrift({ listed, known, uidNext, removalsTold }: Comparison): number {
  if (uidNext === null) {
    return 0
  }
  const lost = listed.filter((uid) => uid < uidNext && !known.has(uid)).length
  const there = new Set(listed)
  const phantoms = removalsTold ? [...known].filter((uid) => !there.has(uid)).length : 0
  return lost + phantoms
}
