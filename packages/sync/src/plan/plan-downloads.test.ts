import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIRST_WHOLE, planDownloads, planFirstWhole, planSample, planWholeFrom } from './plan-downloads.ts'

const NOTHING_YET = { sourceLowUid: null, withheld: new Set<number>(), firstWhole: FIRST_WHOLE }
const newestFirst = (count: number): number[] => Array.from({ length: count }, (_value, index) => count - index)

describe('planDownloads', () => {
  it('takes a small mailbox whole', () => {
    const missing = newestFirst(FIRST_WHOLE)
    expect(planDownloads(missing, NOTHING_YET)).toEqual({ runs: [{ by: 'source', uids: missing }], sourceLowUid: null })
  })

  it('takes a screenful of INBOX whole, and lists the rest', () => {
    const { runs, sourceLowUid } = planDownloads(newestFirst(200), NOTHING_YET)
    expect(runs.map(({ by, uids }) => [by, uids.length])).toEqual([
      ['source', 50],
      ['header', 150],
    ])
    expect(sourceLowUid).toBe(151)
  })

  it('lists the others at once', () => {
    const { runs, sourceLowUid } = planDownloads(newestFirst(200), { ...NOTHING_YET, firstWhole: 0 })
    expect(runs.map(({ by, uids }) => [by, uids.length])).toEqual([['header', 200]])
    expect(sourceLowUid).toBe(201)
  })

  it('takes whole what is newer than what is whole already, and what could not be had before', () => {
    const { runs, sourceLowUid } = planDownloads([9, 8, 4, 3, 2], { sourceLowUid: 6, withheld: new Set([3]), firstWhole: 50 })
    expect(runs).toEqual([
      { by: 'source', uids: [9, 8] },
      { by: 'header', uids: [4] },
      { by: 'source', uids: [3] },
      { by: 'header', uids: [2] },
    ])
    expect(sourceLowUid).toBe(6)
  })

  it('has every message once and in order, and none without its source at or above the boundary', () => {
    const uids = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { maxLength: 300 }).map((list) => list.toSorted((a, b) => b - a))
    const state = fc.record({
      sourceLowUid: fc.option(fc.integer({ min: 1, max: 1_001 })),
      withheld: fc.array(fc.integer({ min: 1, max: 1_000 })).map((list) => new Set(list)),
      firstWhole: fc.constantFrom(0, 50),
    })
    fc.assert(
      fc.property(uids, state, (missing, known) => {
        const { runs, sourceLowUid } = planDownloads(missing, known)
        expect(runs.flatMap((run) => run.uids)).toEqual(missing)
        const listed = runs.filter(({ by }) => by === 'header').flatMap((run) => run.uids)
        expect(listed.every((uid) => sourceLowUid !== null && uid < sourceLowUid && !known.withheld.has(uid))).toBe(true)
        expect(sourceLowUid === null).toBe(listed.length === 0)
      }),
    )
  })
})

describe('planSample', () => {
  it('asks nothing where it makes no difference: of few messages, and of a mailbox that was begun', () => {
    expect(planSample(newestFirst(FIRST_WHOLE), null)).toEqual([])
    expect(planSample(newestFirst(1_000), 500)).toEqual([])
  })

  it.each([FIRST_WHOLE + 1, 64, 65, 1_000, 123_457])('asks some of %i, spread over all of them', (count) => {
    const sample = planSample(newestFirst(count), null)
    expect(sample.length).toBe(Math.min(64, count))
    expect(new Set(sample).size).toBe(sample.length)
    const gaps = [count, ...sample].map((uid, index) => uid - (sample[index] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.ceil(count / sample.length))
  })
})

describe('planFirstWhole', () => {
  const KB = 1024

  it('takes short messages whole, all of them', () => {
    expect(planFirstWhole({ isInbox: false, sizes: [2 * KB, 0, 3 * KB, 19 * KB] })).toBe(Infinity)
    const { runs, sourceLowUid } = planDownloads(newestFirst(5_000), { ...NOTHING_YET, firstWhole: Infinity })
    expect(runs).toEqual([{ by: 'source', uids: newestFirst(5_000) }])
    expect(sourceLowUid).toBeNull()
  })

  it('takes a screenful of INBOX, and none of another mailbox, where messages are longer or nothing is known of them', () => {
    for (const sizes of [[8 * KB, 8 * KB + 1], [0, 0, 20 * KB], [0, 0], []]) {
      expect(planFirstWhole({ isInbox: true, sizes })).toBe(FIRST_WHOLE)
      expect(planFirstWhole({ isInbox: false, sizes })).toBe(0)
    }
  })
})

describe('planWholeFrom', () => {
  const older = newestFirst(FIRST_WHOLE + 1)
  const whole = { sourceLowUid: 1, lowUid: null, held: new Set([90, 80]) }
  it.each<[string, readonly number[], Partial<Parameters<typeof planWholeFrom>[1]>, number | null]>([
    ['is the lowest that is stored, where much is missing below', older, {}, 80],
    ['is that also where something new is missing', [99, ...older], {}, 80],
    ['is where the window begins', older, { lowUid: 70, held: new Set() }, 70],
    ['stays where little is missing below', older.slice(1), {}, 1],
    ['stays where something stored lies among what is missing', older, { held: new Set([80, 5]) }, 1],
    ['stays where the window reaches further down', older, { lowUid: 1, held: new Set() }, 1],
    ['stays where sources are still to come', older, { sourceLowUid: 60 }, 60],
    ['stays where nothing came yet', older, { sourceLowUid: null }, null],
    ['is nowhere where nothing is stored, whatever was done', older, { held: new Set() }, null],
  ])('%s', (_what, missing, change, expected) => {
    expect(planWholeFrom(missing, { ...whole, ...change })).toBe(expected)
  })
})
