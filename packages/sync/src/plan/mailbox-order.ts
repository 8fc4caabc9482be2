import type { SpecialUse } from '@maildock/core'

/** What people look at first comes first; what is large and rarely read comes last. */
const RANK: Readonly<Record<SpecialUse, number>> = {
  '\\Inbox': 0,
  '\\Sent': 1,
  '\\Drafts': 2,
  '\\Important': 4,
  '\\Flagged': 4,
  '\\Archive': 5,
  '\\Junk': 6,
  '\\Trash': 7,
  '\\All': 8,
}

/** Of mailboxes without a special use. */
const ORDINARY_RANK = 3

export interface Orderable {
  readonly path: string
  readonly specialUse: SpecialUse | null
}

/** Mailboxes in the order in which they are synchronised; within a rank by path. The input is left alone. */
export function orderMailboxes<T extends Orderable>(mailboxes: readonly T[]): T[] {
  const rank = ({ specialUse }: T): number => (specialUse === null ? ORDINARY_RANK : RANK[specialUse])
  return mailboxes.toSorted((left, right) => rank(left) - rank(right) || comparePaths(left.path, right.path))
}

/** By code unit: the same on every machine, whatever its locale. */
function comparePaths(left: string, right: string): number {
  return left < right ? -1 : Number(left > right)
}
