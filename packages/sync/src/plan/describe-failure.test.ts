import { MaildockError } from '@maildock/core'
import { MailFault } from '@maildock/mail'
import { describe, expect, it } from 'vitest'
import { describeFailure } from './describe-failure.ts'

const fault = (change: Partial<ConstructorParameters<typeof MailFault>[0]> = {}): MailFault =>
  new MailFault({ code: 'upstream.rate_limited', stage: 'ready', class: 'throttle', hint: 'Wait.', ...change })

describe('describeFailure', () => {
  it('of a mail server: its class, code, hint and words', () => {
    expect(describeFailure(fault({ serverResponse: 'NO [LIMIT] slow down', retryAfterMs: 5_000 }))).toEqual({
      class: 'throttle',
      code: 'upstream.rate_limited',
      message: 'Wait. The server said: NO [LIMIT] slow down',
      retryAfterMs: 5_000,
    })
    expect(describeFailure(fault()).message).toBe('Wait.')
  })

  it('of a password that cannot be opened', () => {
    expect(describeFailure(new MaildockError('credentials.unreadable'))).toMatchObject({
      class: 'credentials',
      code: 'credentials.unreadable',
    })
  })

  it.each([
    ['a database that is away', Object.assign(new Error('secret'), { code: 'ECONNREFUSED' }), 'service.unavailable'],
    ['a fault of ours', new TypeError('secret'), 'internal.error'],
    ['another error of ours', new MaildockError('account.not_found'), 'internal.error'],
    ['what is no error', 'secret', 'internal.error'],
  ])('of %s: nothing of its text', (_what, error, code) => {
    const failure = describeFailure(error)
    expect(failure).toMatchObject({ class: 'internal', code })
    expect(failure.message).not.toContain('secret')
  })
})
