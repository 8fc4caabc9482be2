import { describe, expect, it } from 'vitest'
import { createWatchSlots } from './watch-slots.ts'

describe('places of live streams', () => {
  it('are bounded for each user, and given back', () => {
    const slots = createWatchSlots(2)
    const first = slots.take('u')
    slots.take('u')
    expect(() => slots.take('u')).toThrow(expect.objectContaining({ code: 'rate.limited', retryAfterSeconds: 10 }))
    slots.take('v')
    first[Symbol.dispose]()
    first[Symbol.dispose]()
    slots.take('u')
    expect(() => slots.take('u')).toThrow(expect.objectContaining({ code: 'rate.limited' }))
  })
})
