import { callTRPCProcedure } from '@trpc/server'
import type { Request, RequestHandler } from 'express'
import type { ApiRuntime } from '../api-runtime.ts'
import { appRouter } from '../app-router.ts'
import { toMaildockError } from '../errors/to-maildock-error.ts'
import { createApiContext, whenGone } from '../http/create-api-context.ts'
import { reportError } from '../http/report-error.ts'
import { createRestFieldReader, parseJsonBody } from './rest-input.ts'
import type { RestRoute } from './rest-route.ts'
import { sendJson, sendRestError } from './send-rest.ts'
import { toRestValue } from './spelling.ts'

/**
 * Runs one row of the table: calls its procedure as tRPC does and maps the answer. The input is read when the procedure asks
 * for it, so that who may not call it learns nothing about their input.
 */
export function createRestHandler(route: RestRoute, runtime: ApiRuntime): RequestHandler {
  const { procedure: path, type, status, spelling } = route
  // A row is made by `restRoute`, which has held its mappings to the procedure's answer.
  const toBody = route.toBody as (output: unknown) => Readonly<Record<string, unknown>>
  const toLocation = route.toLocation as ((output: unknown) => string) | undefined
  const readInput = createInputReader(route)
  return async (request, response) => {
    // What only reads is over before it could be broken off.
    const ctx = createApiContext(runtime, { request, response, signal: type === 'query' ? undefined : whenGone(response) })
    try {
      const getRawInput = async (): Promise<unknown> => await readInput(request)
      const output: unknown = await callTRPCProcedure({
        router: appRouter,
        path,
        type,
        ctx,
        getRawInput,
        signal: ctx.signal,
        batchIndex: 0,
      })
      if (toLocation !== undefined) response.setHeader('Location', toLocation(output))
      sendJson(response, status, { success: true, ...(toRestValue(toBody(output), spelling) as object) })
    } catch (thrown) {
      const error = toMaildockError(thrown)
      reportError(runtime.logger, error, { requestId: ctx.requestId, path, gone: response.destroyed })
      sendRestError(response, error)
    }
  }
}

function createInputReader({ params, query, body, bodySpelling, bodyOptional }: RestRoute): (request: Request) => Promise<unknown> {
  const readQuery = query === undefined ? undefined : createRestFieldReader(query)
  const readBody = body === undefined ? undefined : createRestFieldReader(body, bodySpelling)
  if (readQuery === undefined && readBody === undefined && params.length === 0) return async () => undefined
  return async (request) => ({
    ...(await readQuery?.({ ...request.query })),
    ...(await readBody?.(parseJsonBody(request.body, { optional: bodyOptional === true }))),
    // Last: what the path names is never replaced by what a body says.
    ...Object.fromEntries(params.map((name) => [toCamelCase(name), request.params[name]])),
  })
}

function toCamelCase(name: string): string {
  return name.replace(/_(?<letter>[a-z])/gu, (_match, letter: string) => letter.toUpperCase())
}
