import type { Operation, TRPCLink } from '@trpc/client'
import { observable, type Unsubscribable } from '@trpc/server/observable'
import type { MaildockRouter } from './maildock-router.ts'
import { planRetry } from './plan-retry.ts'
import { toMaildockError } from './to-maildock-error.ts'

/** Repeats what failed for a passing reason, as `planRetry` says: queries, and messages with an idempotency key. Unsubscribing ends it, a waiting retry included. */
export function retryLink(retries: number): TRPCLink<MaildockRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let current: Unsubscribable | undefined
        let timer: ReturnType<typeof setTimeout> | undefined
        const start = (attempt: number): void => {
          current = next(op).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error: (failure) => {
              const error = toMaildockError(failure)
              const delayMs = planRetry({ repeatable: isRepeatable(op), attempt, retries, error, random: Math.random() })
              if (delayMs === null) {
                observer.error(failure)
              } else {
                timer = setTimeout(start, delayMs, attempt + 1)
              }
            },
          })
        }
        start(1)
        return () => {
          clearTimeout(timer)
          current?.unsubscribe()
        }
      })
}

function isRepeatable({ type, path, input }: Operation): boolean {
  switch (path) {
    case 'send.message':
      return hasIdempotencyKey(input)
    case 'submissions.send':
      return typeof input === 'object' && input !== null && 'message' in input && hasIdempotencyKey(input.message)
    default:
      return type === 'query'
  }
}

function hasIdempotencyKey(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'idempotencyKey' in input && typeof input.idempotencyKey === 'string'
}
