import { expect, test } from 'vitest'
import { chooseRetries, trpcUrlOf } from './client-options.ts'

test.each([
  ['https://mail.example.com', 'https://mail.example.com/api/trpc'],
  ['https://mail.example.com/', 'https://mail.example.com/api/trpc'],
  ['http://localhost:3000/tools/mail//', 'http://localhost:3000/tools/mail/api/trpc'],
  [new URL('https://mail.example.com'), 'https://mail.example.com/api/trpc'],
  ['', '/api/trpc'],
  ['/', '/api/trpc'],
  ['/mail', '/mail/api/trpc'],
])('procedures of %s are at %s', (baseUrl, url) => {
  expect(trpcUrlOf(baseUrl)).toBe(url)
})

test.each(['mail.example.com', 'ftp://mail.example.com', 'https://', 'javascript:alert(1)'])('%s is refused as no address', (baseUrl) => {
  expect(() => trpcUrlOf(baseUrl)).toThrow(TypeError)
})

test.each(['https://mail.example.com?a=b', 'https://mail.example.com/#top'])('%s is refused for what it drags along', (baseUrl) => {
  expect(() => trpcUrlOf(baseUrl)).toThrow('query or a fragment')
})

test('queries are repeated twice unless told otherwise', () => {
  expect(chooseRetries(undefined)).toBe(2)
  expect(chooseRetries(0)).toBe(0)
})
