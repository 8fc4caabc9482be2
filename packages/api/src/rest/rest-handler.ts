import { callTRPCProcedure } from '@trpc/server'
import type { Request, RequestHandler, Response } from 'express'
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
  const toStatus = route.toStatus as ((output: unknown) => number) | undefined
  const readInput = createInputReader(route, runtime)
  return async (request, response) => {
    // What only reads is over before it could be broken off.
    const ctx = createApiContext(runtime, { request, response, signal: type === 'query' ? undefined : whenGone(response) })
    try {
      const getRawInput = async (): Promise<unknown> => await readInput(request, response)
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
      sendJson(response, toStatus?.(output) ?? status, { success: true, ...(toRestValue(toBody(output), spelling) as object) })
    } catch (thrown) {
      const error = toMaildockError(thrown)
      reportError(runtime.logger, error, { requestId: ctx.requestId, path, gone: response.destroyed })
      sendRestError(response, error, { repeatsRetryAfter: route.repeatsRetryAfter === true })
    }
  }
}

type InputReader = (request: Request, response: Response) => Promise<unknown>

function createInputReader(route: RestRoute, { bodyBudget }: ApiRuntime): InputReader {
  const { params, query, body, bodySpelling, maxBodyOctets } = route
  const readQuery = query === undefined ? undefined : createRestFieldReader(query)
  const readBody = body === undefined ? undefined : createRestFieldReader(body, bodySpelling)
  if (readQuery === undefined && readBody === undefined && params.length === 0) return async () => undefined
  const readLarge = maxBodyOctets === undefined ? undefined : bodyBudget.createReader(maxBodyOctets)
  return async (request, response) => ({
    ...(await readQuery?.({ ...request.query })),
    ...(await readBody?.(parseBody(route, readLarge === undefined ? request.body : await readLarge(request, response)))),
    // Last: what the path names is never replaced by what a body says.
    ...Object.fromEntries(params.map((name) => [toCamelCase(name), request.params[name]])),
  })
}

function parseBody({ bodyOptional, respell }: RestRoute, text: unknown): unknown {
  const parsed = parseJsonBody(text, { optional: bodyOptional === true })
  return respell === undefined ? parsed : respell(parsed)
}

function toCamelCase(name: string): string {
  return name.replace(/_(?<letter>[a-z])/gu, (_match, letter: string) => letter.toUpperCase())
}
