import type { ErrorCode } from '@maildock/core'
import type { z } from 'zod'
import type { ApiInputs, ApiOutputs } from '../app-router.ts'
import type { Spelling } from './spelling.ts'

type Paths<T> = { [N in keyof T & string]: `${N}.${keyof T[N] & string}` }[keyof T & string]
type At<T, P extends string> = P extends `${infer N}.${infer K}`
  ? N extends keyof T
    ? K extends keyof T[N]
      ? T[N][K]
      : never
    : never
  : never

/** Name of a procedure, as `accounts.list`. */
export type ProcedurePath = Exclude<Paths<ApiOutputs>, 'accounts.watch'>
export type InputOf<P extends ProcedurePath> = At<ApiInputs, P>
export type OutputOf<P extends ProcedurePath> = At<ApiOutputs, P>

export type RestMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** An object schema whose fields are the procedure's (camelCase). The adapter and the document spell them in snake_case. */
export type RestFields = z.ZodObject<Readonly<Record<string, z.ZodType>>>

/** One row of the REST table: a method and a path, the procedure behind them, and how one is mapped on the other. */
export interface RestRoute {
  readonly method: RestMethod
  /** How the document names it. Default: after the procedure; given where two rows call the same one. */
  readonly operationId?: string
  /** As OpenAPI writes it: `/api/accounts/{id}`. Parameters are fields of the procedure, in snake_case. */
  readonly path: `/api/${string}`
  readonly procedure: ProcedurePath
  readonly type: 'query' | 'mutation'
  readonly summary: string
  readonly description?: string
  readonly tag: string
  /** Who may call it. For the document; the procedure enforces it. */
  readonly auth: 'public' | 'session' | 'key' | 'service'
  /** Fields taken from the path. Any text: what is no id is not found. */
  readonly params: readonly string[]
  readonly query?: RestFields
  readonly body?: RestFields
  /** How a body is spelled. Default snake_case; one older contract has camelCase. */
  readonly bodySpelling: Spelling
  /** No body counts as an empty object. */
  readonly bodyOptional?: boolean
  /** The answer beside `success`, in camelCase. For the document and its tests. */
  readonly response: RestFields
  /** How answers are spelled. Default snake_case; two older contracts keep camelCase. */
  readonly spelling: Spelling
  readonly toBody: (output: never) => Readonly<Record<string, unknown>>
  readonly status: 200 | 201
  /** Where an answer can mean that something is not done yet: which of its answers do, and how those look. */
  readonly toStatus?: (output: never) => 200 | 202
  readonly pending?: { readonly summary: string; readonly response: RestFields; readonly example: unknown }
  /** A body may be so large. It is read after the caller is known, and others wait when too much is being read. Default: the guard's small limit, read at once. */
  readonly maxBodyOctets?: number
  /** Fields below the first level whose REST name differs. Given the parsed body, before it is checked. */
  readonly respell?: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** Failures repeat `retry_after` as `retryAfter`, for clients of an older contract. */
  readonly repeatsRetryAfter?: boolean
  readonly toLocation?: (output: never) => string
  /** What it can refuse beside what every route of its kind can. */
  readonly errors: readonly ErrorCode[]
  readonly examples: { readonly request?: unknown; readonly response: unknown }
}

type RouteDefinition<P extends ProcedurePath, R extends RestFields> = Omit<
  RestRoute,
  'procedure' | 'params' | 'bodySpelling' | 'spelling' | 'status' | 'response' | 'toBody' | 'toStatus' | 'toLocation' | 'errors'
> & {
  readonly procedure: P
  readonly response: R
  readonly toBody: (output: OutputOf<P>) => z.input<R> | Readonly<Record<string, unknown> & { success: false }>
  readonly toStatus?: (output: OutputOf<P>) => 200 | 202
  readonly toLocation?: (output: OutputOf<P>) => string
  readonly bodySpelling?: Spelling
  readonly spelling?: Spelling
  readonly status?: RestRoute['status']
  readonly errors?: readonly ErrorCode[]
}

/** Makes a row. The compiler holds the mapping to what the procedure answers. */
export function restRoute<P extends ProcedurePath, R extends RestFields>(definition: RouteDefinition<P, R>): RestRoute {
  const params = [...definition.path.matchAll(/\{(?<name>\w+)\}/gu)].map((match) => match.groups?.['name'] ?? '')
  return { spelling: 'snake_case', bodySpelling: 'snake_case', status: 200, errors: [], ...definition, params }
}
