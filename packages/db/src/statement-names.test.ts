import { expect, test } from 'vitest'
import { createStatementNames } from './statement-names.ts'

test('a statement has one name, short enough for PostgreSQL, and another statement another', () => {
  const nameOf = createStatementNames()
  const name = nameOf({ sql: 'SELECT 1' })
  expect(name).toMatch(/^m[0-9a-f]{32}$/u)
  expect(nameOf({ sql: 'SELECT 1' })).toBe(name)
  expect(nameOf({ sql: 'SELECT 2' })).not.toBe(name)
})

test('statements beyond the limit have no name; those within keep theirs', () => {
  const nameOf = createStatementNames(1)
  const name = nameOf({ sql: 'SELECT 1' })
  expect(nameOf({ sql: 'SELECT 2' })).toBe('')
  expect(nameOf({ sql: 'SELECT 1' })).toBe(name)
})
