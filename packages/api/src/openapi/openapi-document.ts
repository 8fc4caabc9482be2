import { REST_TABLE } from '../rest/rest-table.ts'

/** The OpenAPI 3.1 document of the REST table. */
export function createOpenApiDocument(publicUrl: string): unknown {
  return { openapi: '3.1.0', servers: [{ url: publicUrl }], paths: Object.fromEntries(REST_TABLE.map(({ path }) => [path, {}])) }
}
