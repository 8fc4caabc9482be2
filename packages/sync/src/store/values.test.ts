import { describe, expect, it } from 'vitest'
import { toValues } from './values.ts'

describe('toValues', () => {
  it('casts and numbers every parameter', () => {
    expect(
      toValues(
        ['uuid', 'text'],
        [
          ['a', 'b'],
          ['c', null],
        ],
      ),
    ).toEqual([{ text: '($1::uuid, $2::text), ($3::uuid, $4::text)', parameters: ['a', 'b', 'c', null] }])
  })

  it('makes no statement of no rows', () => {
    expect(toValues(['uuid'], [])).toEqual([])
  })

  it('splits what PostgreSQL could not count', () => {
    const rows = Array.from({ length: 100_000 }, (_value, index) => [index, index])
    const statements = toValues(['int', 'int'], rows)
    expect(statements.every(({ parameters }) => parameters.length <= 65_535)).toBe(true)
    expect(statements.flatMap(({ parameters }) => parameters)).toEqual(rows.flat())
  })

  it('keeps an array within a row as one value', () => {
    expect(toValues(['text[]', 'int'], [[['a', 'b'], 1]])[0]?.parameters).toEqual([['a', 'b'], 1])
  })
})
