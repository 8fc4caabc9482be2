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
