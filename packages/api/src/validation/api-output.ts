import type { z } from 'zod'

/** A schema as output of a procedure: the same types, checked without a detour through promises. */
export interface ApiOutput<S extends z.ZodType> {
  readonly _input: z.input<S>
  readonly _output: z.output<S>
  parse(value: unknown): z.output<S>
}

/**
 * Wraps a schema for `procedure.output(…)`. tRPC prefers `parseAsync` where a schema has one, which costs the most called procedure
 * more than the check itself. Fields that the schema does not know are dropped; a wrong one is a fault of ours.
 */
export function apiOutput<S extends z.ZodType>(schema: S): ApiOutput<S> {
  const parser = { parse: (value: unknown) => schema.parse(value) }
  // `_input` and `_output` exist for the compiler alone, as in zod itself.
  return parser as ApiOutput<S>
}
