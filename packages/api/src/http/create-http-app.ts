import { MaildockError } from '@maildock/core'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import type { ApiDeps } from '../api-deps.ts'
import { createApiRuntime, type ApiRuntime } from '../api-runtime.ts'
import { mountRest } from '../rest/mount-rest.ts'
import { sendRestError } from '../rest/send-rest.ts'
import { createApiPage } from './api-page.ts'
import { createDashboard } from './dashboard.ts'
import { createReadyz, healthz } from './health.ts'
import { openRequest, requestIdOf } from './open-request.ts'
import { refuseMethod } from './refuse-method.ts'
import { reportError } from './report-error.ts'
import { createRequestGuard } from './request-guard.ts'
import { createApiPageHeaders, createDataHeaders, createPageHeaders } from './security-headers.ts'
import { translateHttpError } from './translate-http-error.ts'
import { createTrpcHandler } from './trpc-handler.ts'

/**
 * Makes the HTTP application: typed procedures under /api/trpc, the REST table, the OpenAPI document and its page, health checks
 * and the dashboard. It listens to nothing and owns nothing: who made its parts closes them.
 */
export function createHttpApp(deps: ApiDeps): Express {
  const runtime = createApiRuntime(deps)
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.set('case sensitive routing', true)
  app.set('trust proxy', deps.trustProxy ?? false)

  const guards = { whole: createRequestGuard(deps), bodyLater: createRequestGuard(deps, { readsBody: false }) }
  app.use(openRequest)
  app.use(createDataHeaders(deps.publicUrl))
  mountRest(app, runtime, guards)
  app.use('/api/trpc', createTrpcHandler(runtime, guards))
  app.get('/healthz', healthz)
  app.get('/readyz', createReadyz(runtime))
  app.all(['/healthz', '/readyz'], refuseMethod(['GET']))
  app.use('/api', createApiPage(deps.publicUrl, createApiPageHeaders(deps.publicUrl)))
  app.use('/api', refuseUnknown)
  if (deps.dashboardDir !== undefined) {
    app.use(createDashboard(deps.dashboardDir, createPageHeaders(deps.publicUrl)))
  }
  app.use(refuseUnknown)
  app.use(createErrorHandler(runtime))
  return app
}

const refuseUnknown: RequestHandler = (_request, response) => sendRestError(response, new MaildockError('route.not_found'))

/** The last resort: whatever Express or a handler raised is told in the envelope. Four parameters make it an error handler. */
function createErrorHandler({ logger }: ApiRuntime): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = translateHttpError(thrown)
    reportError(logger, error, { requestId: requestIdOf(response), path: request.path, gone: response.destroyed })
    sendRestError(response, error)
  }
}
