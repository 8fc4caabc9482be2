import { MaildockError } from '@maildock/client'
import { expect, it } from 'vitest'
import { describeFailure } from './failure-message.ts'

it('shows the sentence of the server as it is', () => {
  expect(describeFailure(new MaildockError('account.not_found', 'There is no such account.', { requestId: 'r' }))).toEqual({
    text: 'There is no such account.',
    requestId: null,
  })
})

it('quotes the request where the fault is the server’s', () => {
  expect(describeFailure(new MaildockError('internal.error', 'Something went wrong on our side.', { requestId: 'r' })).requestId).toBe('r')
})

it('never shows what a stray exception says', () => {
  expect(describeFailure(new TypeError('undefined is not a function')).text).toBe(
    'Something unexpected happened on this page. Load it again.',
  )
})

it('says in words of its own that nothing answered', () => {
  expect(describeFailure(new MaildockError('client.network', 'fetch failed')).text).toMatch(/cannot be reached/u)
})

it.each([
  [undefined, 'Too many requests. Wait a moment, then try again.'],
  [3, 'Too many requests. Wait a moment, then try again.'],
  [30, 'Too many requests. Try again in 30 seconds.'],
  [845, 'Too many requests. Try again in 15 min.'],
])('says how long to wait where the server says %s seconds', (retryAfterSeconds, text) => {
  const error = new MaildockError('rate.limited', 'Too many requests. Wait a moment, then try again.', { retryAfterSeconds })
  expect(describeFailure(error).text).toBe(text)
})
