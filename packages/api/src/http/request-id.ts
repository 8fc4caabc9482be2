import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

/**
 * The request id where tRPC fails before it has a context (a foreign content type, a batch too large): its error
 * formatter is handed nothing of the request then. Everything else reads `ctx.requestId`.
 */
const requestIds = new AsyncLocalStorage<string>()

/** A new request id. Ours always: an id from outside could be made to collide in the logs. */
export function newRequestId(): string {
  return randomUUID()
}

/** Runs `work` so that `currentRequestId` tells `requestId` in it. */
export function runWithRequestId(requestId: string, work: () => void): void {
  requestIds.run(requestId, work)
}

/** The id of the request under way; a new one outside of any. */
export function currentRequestId(): string {
  return requestIds.getStore() ?? newRequestId()
}
