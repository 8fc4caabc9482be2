import { MaildockError, type Account } from '@maildock/client'
import { describe, expect, it } from 'vitest'
import { checkComposition, chooseSender, EMPTY_COMPOSITION, explainRefusal, toMessage } from './compose-form.ts'

const account = (id: string, isDefault = false): Account => ({ id, email: `${id}@example.com`, name: null, isDefault }) as Account

describe('chooseSender', () => {
  it('takes the chosen one, else the default, else the first', () => {
    const accounts = [account('a'), account('b', true)]
    expect(
      [chooseSender(accounts, 'a'), chooseSender(accounts, 'gone'), chooseSender([account('c')], null), chooseSender([], 'a')].map(
        (one) => one?.id,
      ),
    ).toEqual(['a', 'b', 'c', undefined])
  })
})

describe('checkComposition', () => {
  it.each([
    [{ to: ['a@b.example'] }, {}],
    [{}, { to: 'Name at least one recipient.' }],
    [{ to: ['a@b.example', 'nobody'] }, { to: '“nobody” is not an address.' }],
    [{ to: ['a@b.example'], cc: ['x', 'y'] }, { cc: '2 of these are not addresses.' }],
    [{ to: ['a@b.example'], bcc: Array.from({ length: 51 }, (_, index) => `a${index}@b.example`) }, { bcc: 'There are at most 50.' }],
  ])('%j', (change, expected) => {
    expect(checkComposition({ ...EMPTY_COMPOSITION, ...change }, account('a'))).toEqual(expected)
  })

  it('misses an account', () => {
    expect(checkComposition({ ...EMPTY_COMPOSITION, to: ['a@b.example'] }, null)).toEqual({ from: 'Connect an account first.' })
  })
})

describe('toMessage', () => {
  it('says what was written, and nothing that was not', () => {
    const composition = {
      ...EMPTY_COMPOSITION,
      to: ['Ada <ada@example.com>'],
      subject: 'Plans',
      html: '<p>Hello</p>',
      inReplyToMessage: 'm',
    }
    expect(toMessage(composition, account('a'), 'Hello')).toEqual({
      from: { email: 'a@example.com' },
      to: [{ email: 'ada@example.com', name: 'Ada' }],
      subject: 'Plans',
      html: '<p>Hello</p>',
      text: 'Hello',
      inReplyToMessage: 'm',
    })
  })
})

describe('explainRefusal', () => {
  it('names the fields, the suppressed recipients, or what happened', () => {
    const invalid = new MaildockError('validation.failed', 'x', {
      httpStatus: 400,
      details: { fieldErrors: { to: ['One of these addresses cannot be sent to.'] }, formErrors: [] },
    })
    const suppressed = new MaildockError('send.recipient_suppressed', 'One is suppressed.', {
      httpStatus: 422,
      details: { recipients: [{ email: 'gone@example.org' }] },
    })
    expect(explainRefusal(invalid)).toEqual({ to: 'One of these addresses cannot be sent to.' })
    expect(explainRefusal(suppressed)).toEqual({ form: 'One is suppressed. It is: gone@example.org.' })
    expect(explainRefusal(new MaildockError('send.quota_reached', 'No more today.', { httpStatus: 429 }))).toEqual({
      form: 'No more today.',
    })
  })
})
