import type { Uuid } from '@maildock/core'
import type { LiveListener } from '@maildock/db'
import { createDoorbell } from '../accounts/doorbell.ts'

/** Notices can be lost while their connection is renewed; so the state is also looked at by itself. */
const LOOK_EVERY_MS = 1_000

export interface AccountWait {
  readonly userId: Uuid
  readonly accountId: Uuid
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

/**
 * Calls `read` at once, after each notice about the account, and every second, until it tells something. Null when the time is
 * over or the caller has gone. Holds no connection while it waits.
 */
export async function waitForAccount<T>(live: LiveListener, wait: AccountWait, read: () => Promise<T | null>): Promise<T | null> {
  const deadline = performance.now() + wait.timeoutMs
  const bell = createDoorbell()
  const unsubscribe = live.subscribe(wait.userId, (signal) => {
    if (signal.kind === 'resync' || signal.accountId === wait.accountId) bell.ring()
  })
  wait.signal.addEventListener('abort', bell.ring, { once: true })
  try {
    while (!wait.signal.aborted) {
      const result = await read()
      const leftMs = deadline - performance.now()
      if (result !== null || leftMs <= 0) return result
      await bell.wait(Math.min(LOOK_EVERY_MS, leftMs))
    }
    return null
  } finally {
    unsubscribe()
    wait.signal.removeEventListener('abort', bell.ring)
  }
}
