import { createExpressMiddleware } from '@trpc/server/adapters/express'
import type { RequestHandler } from 'express'
import type { ApiRuntime } from '../api-runtime.ts'
import { appRouter } from '../app-router.ts'
import { toMaildockError } from '../errors/to-maildock-error.ts'
import { createApiContext, whenGone } from './create-api-context.ts'
import { requestIdOf } from './open-request.ts'
import { reportError } from './report-error.ts'
import type { RequestGuards } from './request-guard.ts'
import { currentRequestId, runWithRequestId } from './request-id.ts'
import { createTrpcGuard } from './trpc-guard.ts'
import { translateHttpError } from './translate-http-error.ts'

/** Calls in one request. The client batches what a page asks for at once; more is a mistake or an attack. */
export const MAX_BATCH_SIZE = 10

const ALLOWED_METHOD = { query: 'GET', subscription: 'GET', mutation: 'POST', unknown: 'GET, POST' } as const

/** Serves the typed procedures. Writes pass the same guard as over REST; what it refuses is told in tRPC's own shape. */
export function createTrpcHandler(runtime: ApiRuntime, guards: RequestGuards): RequestHandler {
  const guard = createTrpcGuard(runtime, guards)
  const handle = createExpressMiddleware({
    router: appRouter,
    maxBatchSize: MAX_BATCH_SIZE,
    allowMethodOverride: false,
    createContext: ({ req, res }) => createApiContext(runtime, { request: req, response: res, signal: whenGone(res) }),
    middleware: (req, res, next) => {
      // Streamed batches would send the headers before a procedure can set a cookie or a status.
      delete req.headers['trpc-accept']
      delete req.headers.accept
      void guard(req, res, (error?: unknown) => next(error === undefined ? undefined : translateHttpError(error)))
    },
    onError: ({ error, path, ctx }) => {
      reportError(runtime.logger, toMaildockError(error), {
        requestId: ctx?.requestId ?? currentRequestId(),
        path: path ?? 'trpc',
        gone: ctx?.signal.aborted ?? false,
      })
    },
    responseMeta: ({ errors, type }) => {
      const retryAfter = Math.max(0, ...errors.map((error) => toMaildockError(error).retryAfterSeconds ?? 0))
      return {
        headers: {
          'cache-control': 'no-store',
          // What fails before tRPC knows the request is told by it as plain text otherwise.
          ...(errors.length > 0 ? { 'content-type': 'application/json' } : {}),
          ...(retryAfter > 0 ? { 'retry-after': String(retryAfter) } : {}),
          // RFC 9110 section 15.5.6: who says 405 names what is allowed.
          ...(errors.some(({ code }) => code === 'METHOD_NOT_SUPPORTED') ? { allow: ALLOWED_METHOD[type] } : {}),
        },
      }
    },
  })
  return (request, response, next) => {
    runWithRequestId(requestIdOf(response), () => {
      void handle(request, response, next)
    })
  }
}
