import { expect, it } from 'vitest'
import { describeMigrations } from './describe-migrations.ts'

const history = { pending: [], unknown: [], failed: [], edited: [] }

it.each([
  [{ pending: ['a'] }, false, 'one migration is missing; run `maildock migrate`'],
  [{ pending: ['a', 'b'] }, false, '2 migrations are missing; run `maildock migrate`'],
  // `maildock migrate` refuses to work without DATABASE_URL: the embedded database is migrated by what starts it.
  [{ pending: ['a', 'b'] }, true, '2 migrations are missing; start Maildock, which brings it up to date'],
  [{ failed: ['a'], pending: ['b'] }, false, 'a migration failed: a; run `maildock migrate`'],
  [{ unknown: ['z'], pending: ['b'] }, true, 'its schema is newer than this version of Maildock: z'],
])('%j, embedded: %j', (part, embedded, told) => {
  expect(describeMigrations({ ...history, ...part }, embedded)).toBe(told)
})
