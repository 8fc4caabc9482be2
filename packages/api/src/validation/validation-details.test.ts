import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { toValidationDetails } from './validation-details.ts'

const detailsOf = (schema: z.ZodType, value: unknown) => {
  const { error } = schema.safeParse(value)
  if (error === undefined) throw new Error('This value was to be wrong.')
  return toValidationDetails(error)
}

describe('details of a failed parse', () => {
  it('name the first reason of each field', () => {
    const schema = z.object({
      name: z.string().min(2, 'Too short.').regex(/^a/u, 'Begins with another letter.'),
      list: z.array(z.string('No text.')),
    })
    expect(detailsOf(schema, { name: 'b', list: ['x', 1, 2] })).toEqual({
      fieldErrors: { name: ['Too short.'], list: ['No text.'] },
      formErrors: [],
    })
  })

  it('name unknown fields like wrong ones', () => {
    expect(detailsOf(z.strictObject({}), { constructor: 1 })).toEqual({
      fieldErrors: { constructor: ['This field is not known.'] },
      formErrors: [],
    })
  })

  it('tell what belongs to no field apart', () => {
    expect(detailsOf(z.string('Send text.'), 1)).toEqual({ fieldErrors: {}, formErrors: ['Send text.'] })
  })

  it('stay small, well formed, and without a prototype’s help', () => {
    const value = Object.fromEntries([
      ['__proto__', 1],
      [`\ud800${'x'.repeat(5_000)}`, 1],
      ...Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 1] as const),
    ])
    const details = detailsOf(z.strictObject({}), value)
    expect(Object.keys(details.fieldErrors)).toHaveLength(50)
    expect(Object.hasOwn(details.fieldErrors, '__proto__')).toBe(true)
    expect(Object.keys(details.fieldErrors).every((key) => key.length <= 100 && key.isWellFormed())).toBe(true)
  })
})
