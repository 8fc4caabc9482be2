import { expect, test } from 'vitest'
import { parseLiveNotice } from './parse-live-notice.ts'

const userId = '0190c0de-0000-7000-8000-00000000000a'

test('a notice is read', () => {
  expect(parseLiveNotice(JSON.stringify({ kind: 'account', userId, accountId: userId }))).toEqual({
    kind: 'account',
    userId,
    accountId: userId,
  })
})

test.each([
  undefined,
  '',
  'null',
  '[]',
  '{',
  '{"kind":"account"}',
  `{"kind":"gossip","userId":"${userId}"}`,
  '{"kind":"account","userId":"x"}',
])('anything else is null: %s', (payload) => {
  expect(parseLiveNotice(payload)).toBeNull()
})
