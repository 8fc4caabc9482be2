import { MaildockError } from '@maildock/core'
import { z, ZodError } from 'zod'
import { parseInput } from '../validation/api-input.ts'
import { toValidationDetails } from '../validation/validation-details.ts'
import type { RestFields } from './rest-route.ts'
import { toSnakeCase, type Spelling } from './spelling.ts'

/** A refusal whose fields are spelled as the caller wrote them already. */
export class RestInputError extends MaildockError {}

/** Reads fields in the REST spelling and gives them back as the procedure names them. */
export type RestFieldReader = (value: unknown) => Promise<Readonly<Record<string, unknown>>>

/** Makes a reader of the same fields under their REST names. Unknown fields are refused, also those of the other spelling. */
export function createRestFieldReader(fields: RestFields, spelling: Spelling = 'snake_case'): RestFieldReader {
  const names = new Map(Object.keys(fields.shape).map((name) => [spelling === 'camelCase' ? name : toSnakeCase(name), name]))
  const spelled = z.strictObject(Object.fromEntries([...names].map(([told, name]) => [told, fields.shape[name] ?? z.never()])))
  return async (value) => {
    const read = await parseSpelled(spelled, value)
    return Object.fromEntries(Object.entries(read).map(([told, field]) => [names.get(told) ?? told, field]))
  }
}

async function parseSpelled(schema: z.ZodObject, value: unknown): Promise<Record<string, unknown>> {
  try {
    return await parseInput(schema, value)
  } catch (error) {
    if (error instanceof ZodError) {
      throw new RestInputError('validation.failed', { details: toValidationDetails(error), cause: error })
    }
    throw error
  }
}

/** Parses a body that the request guard left as text. Of keys that occur twice the last one counts (as RFC 8259 section 4 warns). */
export function parseJsonBody(text: unknown, { optional }: { optional: boolean }): Readonly<Record<string, unknown>> {
  if (typeof text !== 'string' || text.trim() === '') {
    if (optional) return {}
    throw new MaildockError('request.malformed')
  }
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch (cause) {
    throw new MaildockError('request.malformed', { cause })
  }
  throw new MaildockError('request.malformed')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
