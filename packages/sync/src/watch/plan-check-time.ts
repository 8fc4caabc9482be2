/** Every account is looked at every five minutes (contract.md, "Background"); the sweep does it where a watch did not. */
const CHECK_AFTER_MS = 270_000
/** Taken off by chance, so that accounts that came together do not stay together. */
const SPREAD = 0.2

/**
 * When a watch checks all mailboxes of its account, in milliseconds from now. Well before the sweep would. Pure.
 * @param sincePassMs since the last pass began
 */
export function planCheckAfter(sincePassMs: number, random: number, everyMs = CHECK_AFTER_MS): number {
  return Math.max(0, everyMs * (1 - SPREAD * random) - sincePassMs)
}
