import { expect, it } from 'vitest'
import { initialOf } from './initial.ts'

it.each([
  ['hello@example.com', 'h'],
  ['  Support', 'S'],
  ['👩‍💻 desk', '👩‍💻'],
  ['', '?'],
])('of "%s" it is "%s"', (name, initial) => {
  expect(initialOf(name)).toBe(initial)
})
