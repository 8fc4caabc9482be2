import { ConnectAccountInput } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiInput } from './api-input.ts'

const messageOf = async (schema: z.ZodType, value: unknown): Promise<string | undefined> => {
  const result = await apiInput(schema)
    .parseAsync(value)
    .then(
      () => undefined,
      (error: z.ZodError) => error.issues[0]?.message,
    )
  return result
}

describe('input of a procedure', () => {
  it('is parsed, with defaults', async () => {
    expect(await apiInput(z.object({ limit: z.int().default(50) })).parseAsync({})).toEqual({ limit: 50 })
  })

  it.each([
    [z.object({ a: z.string() }), {}, 'This field is required.'],
    [z.object({ a: z.string() }), { a: 1 }, 'Expected a string.'],
    [z.object({ a: z.boolean() }), { a: 1 }, 'Expected true or false.'],
    [z.object({ a: z.array(z.string()) }), { a: 1 }, 'Expected a list.'],
    [z.object({ a: z.int() }), { a: 1.5 }, 'Expected a whole number.'],
    [z.object({ a: z.enum(['x', 'y']) }), { a: 'z' }, 'Expected one of: x, y.'],
    [z.object({ a: z.int().min(1) }), { a: 0 }, 'Expected at least 1.'],
    [z.object({ a: z.int().max(100) }), { a: 101 }, 'Expected at most 100.'],
    [z.object({ a: z.string().max(200) }), { a: 'x'.repeat(201) }, 'Expected at most 200 characters.'],
    [z.object({ a: z.uuid() }), { a: 'x' }, 'Expected a UUID.'],
    [z.object({}), [], 'Expected one JSON object.'],
    [z.object({ a: z.string('Its own sentence.') }), { a: 1 }, 'Its own sentence.'],
    [ConnectAccountInput.pick({ imapPort: true }), {}, 'This field is required.'],
    [ConnectAccountInput.pick({ imapPort: true }), { imapPort: '1' }, 'A port is a whole number.'],
  ])('%# is told in a sentence', async (schema, value, message) => {
    expect(await messageOf(schema, value)).toBe(message)
  })
})
