import type { UidRange } from './imap-session-types.ts'

/** The largest UID there can be (RFC 9051 section 9, uniqueid: a 32-bit number that is not zero). */
export const MAX_UID = 4_294_967_295

/**
 * Writes UIDs as a sequence set (RFC 9051 section 9): `1:3,7`. Ascending and unique. No UID is named that was not given, so gaps cost
 * nothing, however wide they are.
 * @throws RangeError for an empty list: as a set it would mean something else to every server
 */
export function toUidSet(uids: readonly number[]): string {
  const sorted = [...new Set(uids)].toSorted((left, right) => left - right)
  const ranges: string[] = []
  let start = sorted[0]
  if (start === undefined) {
    throw new RangeError('A UID set holds at least one UID.')
  }
  let previous = start
  for (const uid of [...sorted.slice(1), Number.POSITIVE_INFINITY]) {
    if (uid !== previous + 1) {
      ranges.push(start === previous ? String(start) : `${start}:${previous}`)
      start = uid
    }
    previous = uid
  }
  return ranges.join(',')
}

/** Reads a sequence set of UIDs as ranges, however wide. What is not a range of UIDs is left out. */
export function readUidRanges(set: string): UidRange[] {
  return set.split(',').flatMap((entry) => {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/u.exec(entry)
    const [first, second] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])]
    const [from, to] = [Math.min(first, second), Math.max(first, second)]
    return from >= 1 && to <= MAX_UID ? [{ from, to }] : []
  })
}

export function countUids(ranges: readonly UidRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
}
