import { z } from 'zod'
import { toSnakeCase, type Spelling } from '../rest/spelling.ts'
import type { RestFields } from '../rest/rest-route.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** The JSON Schema (2020-12, as OpenAPI 3.1 uses it) of fields as REST spells them: times are text, no other fields are known. */
export function toJsonSchema(fields: RestFields, spelling: Spelling = 'snake_case'): JsonSchema {
  const schema = z.toJSONSchema(fields, {
    // What a transform makes of a value (an id in lower case) looks like what it takes.
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.ZodDate) Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
      if (zodSchema instanceof z.ZodObject) jsonSchema.additionalProperties = false
    },
  })
  // Named once for the whole document.
  delete schema.$schema
  return (spelling === 'camelCase' ? schema : spellSchema(schema)) as JsonSchema
}

/** Renames properties, at every depth, and nothing else. */
function spellSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(spellSchema)
  if (schema === null || typeof schema !== 'object') return schema
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (keyword === 'properties') return [keyword, spellProperties(value as object)]
      if (keyword === 'required') return [keyword, (value as string[]).map(toSnakeCase)]
      if (keyword === 'examples' || keyword === 'enum' || keyword === 'const') return [keyword, value]
      return [keyword, spellSchema(value)]
    }),
  )
}

function spellProperties(properties: object): unknown {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [toSnakeCase(name), spellSchema(schema)]))
}
