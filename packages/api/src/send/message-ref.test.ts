import { describe, expect, it } from 'vitest'
import { parseMessageRef, toMessageRef } from './message-ref.ts'

const ID = '0199c0de-0000-7000-8000-0123456789ab'

describe('the name of a submission', () => {
  it.each([
    [false, 'msg_0199c0de0000700080000123456789ab'],
    [true, 'sb_msg_0199c0de0000700080000123456789ab'],
  ])('sandbox %s: %s, and back', (sandbox, name) => {
    expect(toMessageRef({ id: ID, sandbox })).toBe(name)
    expect(parseMessageRef(name)).toBe(ID)
  })

  it.each(['', 'msg_', 'msg_0199', 'msg_0199C0DE0000700080000123456789AB', 'msg_zzzzc0de0000700080000123456789ab', 'x'.repeat(10_000)])(
    '%.40j is none',
    (text) => {
      expect(parseMessageRef(text)).toBeNull()
    },
  )

  it('is an id as well', () => {
    expect(parseMessageRef(ID)).toBe(ID)
  })
})
