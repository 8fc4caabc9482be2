import type { LiveNotice } from '@maildock/core'

/**
 * What a subscriber hears: a notice, or `resync` after the connection to PostgreSQL was lost, when notices may have been missed
 * and the present state must be read anew.
 */
export type LiveSignal = LiveNotice | { readonly kind: 'resync' }

export type LiveSubscriber = (signal: LiveSignal) => void

/** Tells subscribers of this process what any process committed. Dispose to close its connection. */
export interface LiveListener extends AsyncDisposable {
  /** Hears everything of one user from now on. @returns a function that ends the subscription; calling it twice does no harm. */
  subscribe(userId: string, subscriber: LiveSubscriber): () => void
}
