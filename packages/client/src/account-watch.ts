import type { LiveEvent } from '@maildock/core'
import type { TRPCClient } from '@trpc/client'
import type { MaildockError } from './maildock-error.ts'
import type { MaildockRouter } from './maildock-router.ts'
import { toMaildockError } from './to-maildock-error.ts'

/** How a watch is doing. `error` says why it is not live; it keeps trying until it is `closed`. */
export type WatchState =
  | { readonly status: 'connecting'; readonly error: null }
  | { readonly status: 'live'; readonly error: null }
  | { readonly status: 'reconnecting'; readonly error: MaildockError }
  | { readonly status: 'closed'; readonly error: MaildockError | null }

export interface WatchOptions {
  /** Aborting it ends the watch: an iteration rejects with the signal's reason, a listener hears no more. */
  readonly signal?: AbortSignal | undefined
  readonly onStateChange?: ((state: WatchState) => void) | undefined
}

export interface WatchListener extends WatchOptions {
  readonly onEvent: (event: LiveEvent) => void
  /** The watch has ended, because trying again cannot help: the session is over, or the server is none of ours. */
  readonly onError?: ((error: MaildockError) => void) | undefined
}

export interface WatchHandle {
  /** Ends the watch. No callback follows. Idempotent. */
  close(): void
}

/** tRPC's way to subscribe to the accounts, under everything here. */
export type SubscribeToAccounts = TRPCClient<MaildockRouter>['accounts']['watch']['subscribe']

/** Watches with callbacks, from now on. Each connect begins with a snapshot, so nothing is missed over a broken one. */
export function listenToAccounts(subscribe: SubscribeToAccounts, listener: WatchListener): WatchHandle {
  let closed = false
  let wasLive = false
  const tell = (state: WatchState): void => {
    if (!closed) {
      listener.onStateChange?.(state)
    }
  }
  const subscription = subscribe(undefined, {
    onData: (event) => {
      if (!closed) {
        listener.onEvent(event)
      }
    },
    onConnectionStateChange: ({ state, error }) => {
      if (state === 'pending') {
        wasLive = true
        tell({ status: 'live', error: null })
      } else if (state === 'connecting') {
        tell(error || wasLive ? { status: 'reconnecting', error: toMaildockError(error) } : { status: 'connecting', error: null })
      }
    },
    onError: (failure) => {
      const error = toMaildockError(failure)
      tell({ status: 'closed', error })
      if (!closed) {
        end()
        listener.onError?.(error)
      }
    },
  })
  const close = (): void => {
    tell({ status: 'closed', error: null })
    end()
  }
  function end(): void {
    closed = true
    listener.signal?.removeEventListener('abort', close)
    subscription.unsubscribe()
  }
  if (listener.signal?.aborted === true) {
    close()
  }
  listener.signal?.addEventListener('abort', close, { once: true })
  return { close }
}

/** Events that wait for a slow reader. Past this, they are dropped for a new snapshot: it says the same in less. */
const MAX_WAITING_EVENTS = 1_000

/** Watches by iteration, from the first `next()` on. Leaving the loop ends the watch. */
export async function* iterateAccounts(subscribe: SubscribeToAccounts, options: WatchOptions): AsyncGenerator<LiveEvent, void, undefined> {
  const waiting: LiveEvent[] = []
  let failure: MaildockError | undefined
  let wake: (() => void) | undefined
  const open = (): WatchHandle =>
    listenToAccounts(subscribe, {
      onStateChange: options.onStateChange,
      onEvent: (event) => {
        waiting.push(event)
        wake?.()
      },
      onError: (error) => {
        failure = error
        wake?.()
      },
    })
  options.signal?.throwIfAborted()
  let handle = open()
  const onAbort = (): void => wake?.()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    for (;;) {
      options.signal?.throwIfAborted()
      if (waiting.length > MAX_WAITING_EVENTS) {
        handle.close()
        waiting.length = 0
        handle = open()
      }
      const event = waiting.shift()
      if (event !== undefined) {
        yield event
      } else if (failure === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      } else {
        throw failure
      }
    }
  } finally {
    options.signal?.removeEventListener('abort', onAbort)
    handle.close()
  }
}
