/** Logins a host that has just come back is asked for, in a second. It has its own clients to serve as well. */
const PER_SECOND = 20

/** When each of so many accounts of a host that is back is tried, in milliseconds from now: evenly at random, at a rate the host can bear. Pure. */
export function planRecall(accounts: number, random: () => number): readonly number[] {
  const spreadMs = (accounts / PER_SECOND) * 1_000
  return Array.from({ length: accounts }, () => Math.round(random() * spreadMs))
}
