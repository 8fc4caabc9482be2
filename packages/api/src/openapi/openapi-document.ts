import { z } from 'zod'
import type { RestRoute } from '../rest/rest-route.ts'
import { REST_TABLE } from '../rest/rest-table.ts'
import { errorsOf } from '../rest/route-errors.ts'
import { toSnakeCase } from '../rest/spelling.ts'
import { createErrorResponses, FAILURE_SCHEMA } from './error-responses.ts'
import { toJsonSchema, type JsonSchema } from './json-schema.ts'

const SECURITY: Record<RestRoute['auth'], readonly unknown[]> = {
  public: [],
  session: [{ sessionCookie: [] }, { sessionToken: [] }],
  key: [{ apiKey: [] }],
  service: [{ serviceKey: [] }, { sessionToken: [] }],
}

const COMPONENTS = {
  schemas: { Failure: FAILURE_SCHEMA },
  headers: {
    RequestId: { description: 'Names this request.', required: true, schema: { type: 'string', format: 'uuid' } },
    RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } },
  },
  securitySchemes: {
    sessionCookie: { type: 'apiKey', in: 'cookie', name: 'sb-access-token', description: 'The dashboard’s session.' },
    sessionToken: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The same token, or a service key where one is asked for.',
    },
    apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `msk_…`, of `POST /api/v1/keys`.' },
    serviceKey: { type: 'apiKey', in: 'header', name: 'X-Service-Key', description: 'For internal services.' },
  },
}

/** The OpenAPI 3.1 document, made from the REST table and its schemas alone: what it says is what is served. */
export function createOpenApiDocument(publicUrl: string): Readonly<Record<string, unknown>> {
  const paths = [...Map.groupBy(REST_TABLE, ({ path }) => path)].map(([path, routes]) => [
    path,
    Object.fromEntries(routes.map((route) => [route.method.toLowerCase(), createOperation(route)])),
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: 'Maildock API',
      version: '1.0.0',
      description: 'Connect any IMAP/SMTP mailbox, keep it synced, read it. Ids are UUIDs, times ISO 8601 in UTC.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // The page tries requests where it was loaded from; a downloaded document needs the whole address.
    servers: [{ url: '/' }, { url: publicUrl }],
    tags: [...new Set(REST_TABLE.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: COMPONENTS,
  }
}

function createOperation(route: RestRoute): unknown {
  const { procedure, operationId, summary, description, tag, auth, body, bodySpelling, examples } = route
  return {
    operationId: operationId ?? procedure.replace('.', '_'),
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    security: SECURITY[auth],
    parameters: [...createPathParameters(route), ...createQueryParameters(route)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: route.bodyOptional !== true,
            content: { 'application/json': { schema: toJsonSchema(body, bodySpelling), example: examples.request } },
          },
        }),
    responses: { [String(route.status)]: createSuccess(route), ...createPending(route), ...createErrorResponses(errorsOf(route)) },
  }
}

function createSuccess({ summary, response, spelling, examples, toLocation }: RestRoute): unknown {
  const schema = toJsonSchema(z.object({ success: z.literal(true), ...response.shape }), spelling)
  return {
    description: summary,
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(toLocation === undefined ? {} : { Location: { description: 'Path of what was made.', schema: { type: 'string' } } }),
    },
    content: { 'application/json': { schema, example: { success: true, ...(examples.response as object) } } },
  }
}

function createPending({ pending, spelling }: RestRoute): Readonly<Record<string, unknown>> {
  if (pending === undefined) return {}
  const { summary, response, example } = pending
  return {
    '202': {
      description: summary,
      headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
      content: { 'application/json': { schema: toJsonSchema(response, spelling), example } },
    },
  }
}

function createPathParameters({ params }: RestRoute): unknown[] {
  return params.map((name) => ({
    name,
    in: 'path',
    required: true,
    description: 'A UUID. What is no UUID is not found.',
    schema: { type: 'string' },
    example: '550e8400-e29b-41d4-a716-446655440000',
  }))
}

function createQueryParameters({ query }: RestRoute): unknown[] {
  if (query === undefined) return []
  return Object.entries(query.shape).map(([name, field]) => {
    const { properties } = toJsonSchema(z.object({ [name]: field })) as { properties: Record<string, JsonSchema> }
    const { description, ...schema } = properties[toSnakeCase(name)] ?? {}
    return { name: toSnakeCase(name), in: 'query', required: !field.safeParse(undefined).success, description, schema }
  })
}
