import { expect, it } from 'vitest'
import { collapseBlanks } from './collapse-blanks.ts'

it.each<[string, string]>([
  ['', ''],
  ['one two', 'one two'],
  ['  one   two ', ' one two '],
  ['one\ttwo\r\n three', 'one two three'],
  ['one \t two\u00a0three\u3000\u2028four', 'one two three four'],
  ['one\u200btwo', 'one\u200btwo'],
])('leaves one space for each run of white space: %j', (text, collapsed) => {
  expect(collapseBlanks(text)).toBe(collapsed)
  expect(text.replace(/\s+/gu, ' ')).toBe(collapsed)
})
