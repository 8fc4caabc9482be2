import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readResponseHead, type ResponseHead } from './response-head.ts'

function read(text: string): ResponseHead & { text: string } {
  const octets = Buffer.from(`??${text}`, 'latin1')
  const head: ResponseHead = { tag: 'x', number: 7, keyword: 'X', rest: 0 }
  readResponseHead({ octets, start: 2, end: octets.length, literal: -1 }, head)
  return { ...head, text: octets.toString('latin1', head.rest) }
}

it.each<[string, string, number, string, string]>([
  ['* 5 FETCH (UID 1)', '*', 5, 'FETCH', ' (UID 1)'],
  ['*  5  fetch(UID 1)', '*', 5, 'FETCH', '(UID 1)'],
  ['* 5 FETCHED', '*', 5, 'FETCHED', ''],
  ['* 12 EXISTS', '*', 12, 'EXISTS', ''],
  ['* SEARCH 1 2', '*', -1, 'SEARCH', ' 1 2'],
  ['* 5x EXISTS', '*', -1, '5X', ' EXISTS'],
  ['* OK [ALERT] x', '*', -1, 'OK', ' [ALERT] x'],
  ['* 5', '*', 5, '', ''],
  ['*', '*', -1, '', ''],
  ['*x 5 EXISTS', '*x', 5, 'EXISTS', ''],
  ['W1 OK done', 'W1', -1, 'OK', ' done'],
  ['\0\0W1 OK done', 'W1', -1, 'OK', ' done'],
  ['+ go on', '+', -1, 'GO', ' on'],
  ['', '', -1, '', ''],
  [' W1 OK', '', -1, 'W1', ' OK'],
])('%j', (said, tag, number, keyword, text) => {
  expect(read(said)).toMatchObject({ tag, number, keyword, text })
})

it('keeps words short and never leaves the line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (said) => {
      const { tag, keyword, rest } = read(said)
      expect(Math.max(tag.length, keyword.length)).toBeLessThanOrEqual(80)
      expect(rest).toBeLessThanOrEqual(Buffer.from(`??${said}`, 'latin1').length)
    }),
  )
})
