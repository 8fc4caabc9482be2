/** How often the news of one mailbox may start a pass. Tokens that come back with time; a mailbox at rest has all of them. */
export interface WakeBudget {
  readonly tokens: number
  readonly at: number
}

const CAPACITY = 5
const REFILL_MS = 2_000

export function fullWakeBudget(now: number): WakeBudget {
  return { tokens: CAPACITY, at: now }
}

/**
 * When the pass for the news of now may begin. News of a mailbox at rest is looked at without delay; under a stream of it passes follow at
 * an interval, and everything heard meanwhile is one wake-up (faults B14).
 * @returns milliseconds to wait, and the budget from then on
 */
export function planWake(budget: WakeBudget, now: number): { readonly waitMs: number; readonly budget: WakeBudget } {
  const tokens = Math.min(CAPACITY, budget.tokens + Math.max(0, now - budget.at) / REFILL_MS)
  if (tokens >= 1) {
    return { waitMs: 0, budget: { tokens: tokens - 1, at: now } }
  }
  const waitMs = Math.ceil((1 - tokens) * REFILL_MS)
  return { waitMs, budget: { tokens: 0, at: now + waitMs } }
}
