import { MaildockError, opensScope, type ApiKeyScope, type ErrorCode, type ErrorDetails } from '@maildock/core'
import { initTRPC, type TRPCDefaultErrorShape } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { SuperJSON } from 'superjson'
import type { ApiContext } from './api-context.ts'
import { httpStatusOf, trpcCodeOf } from './errors/error-table.ts'
import { toMaildockError } from './errors/to-maildock-error.ts'
import { currentRequestId } from './http/request-id.ts'

/** What every error of a procedure carries in `data.maildock`. */
export interface MaildockErrorData {
  readonly code: ErrorCode
  readonly requestId: string
  readonly details?: ErrorDetails
  /** Seconds. */
  readonly retryAfter?: number
}

/** An instance of our own: nobody else can register a class that input could then name. */
export const transformer = new SuperJSON()

/** How often a live stream says that it is alive, and when a client should stop believing in it. */
const SSE_PING_INTERVAL_MS = 15_000
const SSE_RECONNECT_AFTER_MS = 40_000

const trpc = initTRPC.context<ApiContext>().create({
  transformer,
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: SSE_PING_INTERVAL_MS },
    client: { reconnectAfterInactivityMs: SSE_RECONNECT_AFTER_MS },
  },
  errorFormatter({ shape, error, ctx }) {
    return toErrorShape(shape, toMaildockError(error), ctx?.requestId ?? currentRequestId())
  },
})

function toErrorShape(shape: TRPCDefaultErrorShape, error: MaildockError, requestId: string) {
  const code = trpcCodeOf(error.code)
  const maildock: MaildockErrorData = {
    code: error.code,
    requestId,
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfter: error.retryAfterSeconds }),
  }
  return {
    message: error.message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: { ...shape.data, code, httpStatus: httpStatusOf(error.code), maildock },
  }
}

export const router = trpc.router
export const createCallerFactory = trpc.createCallerFactory

/** Anyone may call it. `ctx.authenticate()` still tells who it is. */
export const publicProcedure = trpc.procedure

/** Only with a session: `ctx.session`. @throws MaildockError session.missing, session.invalid, session.expired */
export const sessionProcedure = trpc.procedure.use(async ({ ctx, next }) => {
  const session = await ctx.authenticate()
  if (session === null) {
    throw new MaildockError('session.missing')
  }
  return await next({ ctx: { session } })
})

/**
 * Only with an API key that has this scope or one that opens it: `ctx.apiKey`. A session opens nothing here.
 * @throws MaildockError key.missing, key.invalid, key.revoked, key.expired, key.scope_missing
 */
// The type is tRPC's to tell: it is what `use` makes of the procedure.
export const keyProcedure = (scope: ApiKeyScope) =>
  trpc.procedure.use(async ({ ctx, next }) => {
    const apiKey = await ctx.authenticateKey()
    if (apiKey === null) {
      throw new MaildockError('key.missing')
    }
    if (!opensScope(apiKey.scopes, scope)) {
      throw new MaildockError('key.scope_missing', { details: { scope } })
    }
    return await next({ ctx: { apiKey } })
  })

/** Only for internal services, by service key. A session opens nothing here. @throws MaildockError service_key.invalid */
export const serviceProcedure = trpc.procedure.use(async ({ ctx, next }) => {
  if (!ctx.hasServiceKey()) {
    throw new MaildockError('service_key.invalid')
  }
  return await next()
})
