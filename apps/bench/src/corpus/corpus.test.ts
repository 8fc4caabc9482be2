import { createHash } from 'node:crypto'
import { parseMessage } from '@maildock/mail'
import { describe, expect, it } from 'vitest'
import { mean, median, percentile } from '../statistics/statistics.ts'
import { CHARSETS } from './charsets.ts'
import { generateCorpus, type CorpusMessage } from './corpus.ts'
import { planMessage } from './message-plan.ts'

const digest = (messages: Iterable<CorpusMessage>): string => {
  const hash = createHash('sha256')
  for (const { raw } of messages) hash.update(raw)
  return hash.digest('hex')
}

describe('a corpus', () => {
  it('is the same for the same seed, and another for another', () => {
    const first = digest(generateCorpus({ name: 'mixed', count: 60 }))
    expect(digest(generateCorpus({ name: 'mixed', count: 60 }))).toBe(first)
    expect(digest(generateCorpus({ name: 'mixed', count: 60, seed: 2 }))).not.toBe(first)
  })

  it('begins alike whatever its length', () => {
    const long = [...generateCorpus({ name: 'mixed', count: 40 })].slice(0, 20)
    expect(digest(long)).toBe(digest(generateCorpus({ name: 'mixed', count: 20 })))
  })

  it('has no two messages alike', () => {
    const hashes = [...generateCorpus({ name: 'small', count: 500 })].map((message) => digest([message]))
    expect(new Set(hashes).size).toBe(500)
  })
})

describe('the mixed corpus', () => {
  const plans = Array.from({ length: 10_000 }, (_, index) => planMessage(1, index))
  const share = (of: (plan: (typeof plans)[number]) => boolean): number => plans.filter(of).length / plans.length

  it('has the kinds, charsets and replies of a mailbox', () => {
    expect(share(({ kind }) => kind === 'plain')).toBeCloseTo(0.42, 1)
    expect(share(({ kind }) => kind === 'alternative')).toBeCloseTo(0.39, 1)
    expect(share(({ kind }) => kind === 'inline_image')).toBeCloseTo(0.07, 1)
    expect(share(({ kind }) => kind === 'attachments')).toBeCloseTo(0.12, 1)
    expect(share(({ parent }) => parent !== null)).toBeCloseTo(0.45, 1)
    expect(new Set(plans.map(({ charset }) => charset))).toEqual(new Set(CHARSETS))
  })

  it('answers only what came before', () => {
    for (const { index, parent } of plans) expect(parent ?? -1).toBeLessThan(index)
  })

  it('has few large messages and many small ones', () => {
    const sizes = [...generateCorpus({ name: 'mixed', count: 2_000 })].map(({ raw }) => raw.length)
    expect(median(sizes)).toBeGreaterThan(5_500)
    expect(median(sizes)).toBeLessThan(8_000)
    expect(mean(sizes)).toBeGreaterThan(28_000)
    expect(mean(sizes)).toBeLessThan(52_000)
    expect(percentile(sizes, 90)).toBeGreaterThan(55_000)
    expect(percentile(sizes, 90)).toBeLessThan(100_000)
    expect(Math.max(...sizes)).toBeLessThan(5_400_000)
  })

  it('reads back without a lost character', () => {
    for (const { plan, raw } of generateCorpus({ name: 'mixed', count: 300 })) {
      const message = parseMessage(raw, new Date())
      expect(message.messageIdHeader).toBe(plan.messageIdHeader)
      expect(message.text ?? '').not.toBe('')
      expect(`${message.subject}${message.text}`).not.toMatch(/\ufffd|\?\?/u)
      expect(message.attachments.length > 0).toBe(plan.kind === 'attachments' || plan.kind === 'inline_image')
    }
  })
})

describe('the small corpus', () => {
  it('has about 2.3 KB a message, all plain', () => {
    const messages = [...generateCorpus({ name: 'small', count: 1_000 })]
    expect(mean(messages.map(({ raw }) => raw.length))).toBeGreaterThan(1_900)
    expect(mean(messages.map(({ raw }) => raw.length))).toBeLessThan(2_700)
    expect(messages.every(({ plan }) => plan.kind === 'plain')).toBe(true)
  })
})

describe('the large corpus', () => {
  it('is mixed, but for one message of 50 MB in 200', () => {
    const sizes = [...generateCorpus({ name: 'large', count: 105 })].map(({ raw }) => raw.length)
    const mixed = [...generateCorpus({ name: 'mixed', count: 105 })].map(({ raw }) => raw.length)
    expect(sizes[100]).toBeGreaterThan(48_000_000)
    expect(sizes[100]).toBeLessThan(52_000_000)
    expect(sizes.toSpliced(100, 1)).toEqual(mixed.toSpliced(100, 1))
  })
})
