import { MaildockError } from '@maildock/core'
import type { Express, RequestHandler } from 'express'
import type { ApiRuntime } from '../api-runtime.ts'
import { createRestHandler } from './rest-handler.ts'
import type { RestRoute } from './rest-route.ts'
import { REST_TABLE } from './rest-table.ts'
import { sendRestError } from './send-rest.ts'

/** Serves the table. A path of it answers other methods with 405 and `Allow`. */
export function mountRest(app: Express, runtime: ApiRuntime, guard: RequestHandler): void {
  for (const [path, routes] of Map.groupBy(REST_TABLE, (route) => toExpressPath(route.path))) {
    for (const route of routes) {
      const handler = createRestHandler(route, runtime)
      switch (route.method) {
        case 'GET':
          app.get(path, handler)
          break
        case 'POST':
          app.post(path, guard, handler)
          break
        case 'PATCH':
          app.patch(path, guard, handler)
          break
        case 'DELETE':
          app.delete(path, guard, handler)
          break
        default:
          route.method satisfies never
      }
    }
    app.all(path, refuseMethod(routes))
  }
}

function toExpressPath(path: RestRoute['path']): string {
  return path.replaceAll(/\{(?<name>\w+)\}/gu, ':$<name>')
}

function refuseMethod(routes: readonly RestRoute[]): RequestHandler {
  const allow = [...routes.map(({ method }) => method), ...(routes.some(({ method }) => method === 'GET') ? ['HEAD'] : [])].join(', ')
  return (_request, response) => {
    response.setHeader('Allow', allow)
    sendRestError(response, new MaildockError('route.method_not_allowed'))
  }
}
