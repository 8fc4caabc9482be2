import type { z } from 'zod'

/** What a schema that names no sentence of its own says. Schemas of `core` speak for themselves; this is for wrong types. */
const describeIssue: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'This field is required.' : `Expected ${describeType(issue.expected)}.`
  }
  if (issue.code === 'invalid_value') {
    return `Expected one of: ${issue.values.join(', ')}.`
  }
  if (issue.code === 'too_small' && issue.origin === 'number') {
    return `Expected at least ${issue.minimum}.`
  }
  if (issue.code === 'too_big') {
    return issue.origin === 'string' ? `Expected at most ${issue.maximum} characters.` : `Expected at most ${issue.maximum}.`
  }
  if (issue.code === 'invalid_format' && issue.format === 'uuid') {
    return 'Expected a UUID.'
  }
  return undefined
}

function describeType(expected: string): string {
  switch (expected) {
    case 'object':
      return 'one JSON object'
    case 'array':
      return 'a list'
    case 'int':
      return 'a whole number'
    case 'boolean':
      return 'true or false'
    default:
      return `a ${expected}`
  }
}

/** Parses unknown input with sentences a person can act on. @throws ZodError */
export async function parseInput<S extends z.ZodType>(schema: S, value: unknown): Promise<z.output<S>> {
  return await schema.parseAsync(value, { error: describeIssue })
}

/** A schema as input of a procedure: the same types, issues in readable sentences. */
export interface ApiInput<S extends z.ZodType> {
  readonly _input: z.input<S>
  readonly _output: z.output<S>
  readonly schema: S
  parseAsync(value: unknown): Promise<z.output<S>>
}

/** Wraps a schema for `procedure.input(…)`. */
export function apiInput<S extends z.ZodType>(schema: S): ApiInput<S> {
  const parser = { schema, parseAsync: async (value: unknown) => await parseInput(schema, value) }
  // `_input` and `_output` exist for the compiler alone, as in zod itself.
  return parser as ApiInput<S>
}
