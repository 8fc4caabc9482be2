import { expect, it } from 'vitest'
import { unflowText } from './unflow-text.ts'

it.each([
  ['joins soft breaks', 'one \ntwo\nthree', false, 'one two\nthree'],
  ['drops the blank with DelSp', 'one \ntwo', true, 'onetwo'],
  ['keeps quotes of one depth together', '> one \n> two\nmine', false, '> one two\nmine'],
  ['does not join across depths', '> one \n>> two', false, '> one \n>> two'],
  ['keeps the signature separator', 'text \n-- \nme', false, 'text \n-- \nme'],
  ['undoes space-stuffing', ' From here\n  two', false, 'From here\n two'],
  ['reads CRLF', 'one \r\ntwo\r\n', false, 'one two\n'],
  ['reads nothing', '', false, ''],
] as const)('%s', (_what, text, delSp, expected) => {
  expect(unflowText(text, delSp)).toBe(expected)
})
