import type { SendInput } from '@maildock/core'
import { describe, expect, it } from 'vitest'
import { hashPayload } from './hash-payload.ts'

const INPUT: SendInput = {
  from: { email: 'me@example.org' },
  to: [{ email: 'you@example.org', name: 'You' }],
  subject: 'hello',
  text: 'hello',
  metadata: { one: '1', two: '2' },
}

const hash = (change: Partial<SendInput> = {}, sandbox = false, draftId?: string): string =>
  hashPayload({ ...INPUT, ...change }, { sandbox, draftId }).toString('hex')

describe('hashPayload', () => {
  it('does not depend on the order of fields, nor on the key', () => {
    expect(hash({ metadata: { two: '2', one: '1' } })).toBe(hash())
    expect(hash({ idempotencyKey: 'a' })).toBe(hash({ idempotencyKey: 'b' }))
  })

  it.each<[string, Partial<SendInput>]>([
    ['subject', { subject: 'other' }],
    ['recipient', { to: [{ email: 'other@example.org' }] }],
    ['name', { to: [{ email: 'you@example.org' }] }],
    ['metadata', { metadata: { one: '1' } }],
    ['attachment', { attachments: [{ filename: 'a', content: 'YQ==' }] }],
  ])('tells another %s', (_what, change) => {
    expect(hash(change)).not.toBe(hash())
  })

  it('tells a check from a delivery, and a draft with its files from a message without', () => {
    expect(hash({}, true)).not.toBe(hash())
    expect(hash({}, false, 'draft')).not.toBe(hash())
  })
})
