import { TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { MaildockError } from './maildock-error.ts'
import type { MaildockRouter } from './maildock-router.ts'

/** Key of a call's own deadline in the operation's context. */
export const TIMEOUT_CONTEXT_KEY = 'maildockTimeoutMs'

export const DEFAULT_TIMEOUT_MS = 30_000

/**
 * The server itself waits for other people's mail servers here, 15 s at most for a verification and 20 s for a run: a
 * shorter general deadline would cut it off for nothing.
 */
const PATIENT_TIMEOUTS_MS: ReadonlyMap<string, number> = new Map([
  ['accounts.connect', 20_000],
  ['accounts.update', 20_000],
  ['sync.run', 25_000],
])

/** What a timer can hold, 24 days: with more, `Infinity` for instance, it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The deadline of one call in milliseconds, its retries included. What the call itself names is taken as it is. */
export function chooseTimeoutMs(path: string, general: number, own: unknown): number {
  if (typeof own === 'number') {
    return own
  }
  return Math.max(general, PATIENT_TIMEOUTS_MS.get(path) ?? 0)
}

/** Ends queries and mutations at their deadline or when their signal is aborted, whatever the links below are doing. */
export function deadlineLink(generalTimeoutMs: number): TRPCLink<MaildockRouter> {
  return () =>
    ({ op, next }) => {
      if (op.type === 'subscription') {
        return next(op)
      }
      const timeoutMs = chooseTimeoutMs(op.path, generalTimeoutMs, op.context[TIMEOUT_CONTEXT_KEY])
      return observable((observer) => {
        const { signal } = op
        const stop = (reason: object): void => {
          observer.error(TRPCClientError.from(reason))
        }
        const onAbort = (): void => stop(abortReason(signal))
        if (signal?.aborted === true) {
          onAbort()
          return undefined
        }
        const onTimeout = (): void => stop(new MaildockError('client.timeout', `The server did not answer within ${timeoutMs / 1000} s.`))
        const timer = setTimeout(onTimeout, Math.min(timeoutMs, MAX_TIMER_MS))
        signal?.addEventListener('abort', onAbort, { once: true })
        // The signal ends here: unsubscribing is how the links below learn of it, and leaves no listener behind.
        const inner = next({ ...op, signal: null }).subscribe(observer)
        return () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
          inner.unsubscribe()
        }
      })
    }
}

function abortReason(signal: AbortSignal | null | undefined): object {
  const reason: unknown = signal?.reason
  return reason instanceof Object ? reason : new DOMException('The call was aborted.', 'AbortError')
}
