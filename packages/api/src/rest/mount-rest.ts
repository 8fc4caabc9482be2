import type { Express } from 'express'
import type { ApiRuntime } from '../api-runtime.ts'
import { refuseMethod } from '../http/refuse-method.ts'
import type { RequestGuards } from '../http/request-guard.ts'
import { createRestHandler } from './rest-handler.ts'
import type { RestRoute } from './rest-route.ts'
import { REST_TABLE } from './rest-table.ts'

/** Serves the table. A path of it answers other methods with 405 and `Allow`. */
export function mountRest(app: Express, runtime: ApiRuntime, guards: RequestGuards): void {
  for (const [path, routes] of Map.groupBy(REST_TABLE, (route) => toExpressPath(route.path))) {
    for (const route of routes) {
      const handler = createRestHandler(route, runtime)
      const guard = route.maxBodyOctets === undefined ? guards.whole : guards.bodyLater
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
    app.all(path, refuseMethod(routes.map(({ method }) => method)))
  }
}

function toExpressPath(path: RestRoute['path']): string {
  return path.replaceAll(/\{(?<name>\w+)\}/gu, ':$<name>')
}
