import { describe, expect, it } from 'vitest'
import { listFrames } from './list-frames.ts'

describe('listFrames', () => {
  it('tells where an error happened, and nothing of what it says', () => {
    const frames = listFrames(new RangeError('the secret\n    at secret (secret.ts:1:1)\nof a mail'))
    expect(frames).toMatch(/^ +at .*list-frames\.test\.ts/u)
    expect(frames).not.toContain('secret')
  })

  it('tells of an error without a message as well, and of the nearest twenty frames at most', () => {
    const silent = new Error()
    silent.stack = ['Error', ...Array.from({ length: 50 }, (_value, index) => `    at step${index} (steps.ts:1:1)`)].join('\n')
    expect(listFrames(silent)?.split('\n')).toEqual(Array.from({ length: 20 }, (_value, index) => `    at step${index} (steps.ts:1:1)`))
  })

  it('tells nothing when the message is not the one of the stack, or there is none', () => {
    const changed = new Error('another')
    changed.stack = 'Error: the secret\n    at secret (secret.ts:1:1)'
    expect([listFrames(changed), listFrames('the secret'), listFrames(undefined)]).toEqual([undefined, undefined, undefined])
    const bare = new Error('the secret')
    delete bare.stack
    expect(listFrames(bare)).toBeUndefined()
  })
})
