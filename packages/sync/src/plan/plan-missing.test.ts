import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MailboxCursor } from './mailbox-cursor.ts'
import { advanceWindow, planMissing, type StoredUids } from './plan-missing.ts'

const stored = (lowUid: number | null, highUid: number | null, outside: readonly number[] = []): StoredUids => ({
  lowUid,
  highUid,
  outside: new Set(outside),
})

describe('planMissing', () => {
  it.each<[string, readonly number[], StoredUids, readonly number[]]>([
    ['everything at first, newest first', [1, 2, 3], stored(null, null), [3, 2, 1]],
    ['nothing when the window covers it', [1, 2, 3], stored(1, 3), []],
    ['what is above and below the window', [1, 2, 3, 4, 5], stored(2, 4), [5, 1]],
    ['not what is stored outside of it', [1, 2, 3, 4, 5], stored(2, 3, [5]), [4, 1]],
    ['nothing of an empty mailbox', [], stored(null, null), []],
    ['UIDs near the end of their range', [1, 4_294_967_295], stored(1, 1), [4_294_967_295]],
  ])('%s', (_what, listed, known, expected) => {
    expect(planMissing(listed, known)).toEqual(expected)
  })
})

type Window = Pick<MailboxCursor, 'lowUid' | 'highUid'>

const window = (lowUid: number | null, highUid: number | null): Window => ({ lowUid, highUid })

describe('advanceWindow', () => {
  it.each([
    ['down to what is still missing', window(null, null), 10, [4], window(5, 10)],
    ['to the bottom when nothing is missing', window(5, 10), 10, [], window(1, 10)],
    ['not at all while the newest is missing', window(null, null), 10, [10], window(null, null)],
    ['not over new messages that are missing', window(5, 10), 15, [14, 4], window(5, 10)],
    ['over new messages once they are stored', window(5, 10), 15, [4], window(5, 15)],
    ['never down from where it was', window(1, 20), 10, [], window(1, 20)],
    ['to the bottom of an empty mailbox', window(null, null), 0, [], window(1, 0)],
  ] as const)('goes %s', (_what, before, highestListed, missing, expected) => {
    expect(advanceWindow(before, highestListed, missing)).toEqual(expected)
  })
})

/** A mailbox that is synchronised in visits which may end after any batch, while messages come and go. */
interface Story {
  readonly visits: readonly { readonly arrive: number; readonly expunge: readonly number[]; readonly batches: number }[]
  readonly batchSize: number
}

const story: fc.Arbitrary<Story> = fc.record({
  visits: fc.array(fc.record({ arrive: fc.nat(12), expunge: fc.array(fc.nat(40), { maxLength: 5 }), batches: fc.nat(4) }), {
    minLength: 1,
    maxLength: 12,
  }),
  batchSize: fc.integer({ min: 1, max: 5 }),
})

/** The server and the database, moved as a visit moves them. */
class Mailbox {
  readonly server = new Set<number>()
  readonly database = new Set<number>()
  readonly downloads = new Map<number, number>()
  window: Window = { lowUid: null, highUid: null }
  #next = 1

  deliver(count: number): void {
    for (let index = 0; index < count; index += 1) {
      this.server.add(this.#next)
      this.#next += 1
    }
  }

  /** @returns whether the visit came to its end */
  visit(batchSize: number, batches: number): boolean {
    const listed = [...this.server].toSorted((left, right) => left - right)
    const { lowUid, highUid } = this.window
    const outside = new Set([...this.database].filter((uid) => lowUid === null || highUid === null || uid < lowUid || uid > highUid))
    const missing = planMissing(listed, { lowUid, highUid, outside })
    let handled = 0
    for (let batch = 0; batch < batches && handled < missing.length; batch += 1) {
      for (const uid of missing.slice(handled, handled + batchSize)) {
        this.database.add(uid)
        this.downloads.set(uid, (this.downloads.get(uid) ?? 0) + 1)
      }
      handled = Math.min(missing.length, handled + batchSize)
      this.window = advanceWindow(this.window, listed.at(-1) ?? 0, missing.slice(handled, handled + 1))
    }
    if (missing.length === 0) {
      this.window = advanceWindow(this.window, listed.at(-1) ?? 0, [])
    }
    return handled === missing.length
  }
}

describe('visits that end anywhere', () => {
  it('store everything in the end, and download nothing twice', () => {
    fc.assert(
      fc.property(story, ({ visits, batchSize }) => {
        const mailbox = new Mailbox()
        for (const { arrive, expunge, batches } of visits) {
          mailbox.deliver(arrive)
          mailbox.visit(batchSize, batches)
          for (const uid of expunge) {
            mailbox.server.delete(uid)
          }
        }
        expect(mailbox.visit(batchSize, Number.POSITIVE_INFINITY)).toBe(true)
        for (const uid of mailbox.server) {
          expect(mailbox.database.has(uid)).toBe(true)
        }
        expect(Math.max(0, ...mailbox.downloads.values())).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1_000 },
    )
  })

  it('never claim a message in the window that is not stored', () => {
    fc.assert(
      fc.property(story, ({ visits, batchSize }) => {
        const mailbox = new Mailbox()
        for (const { arrive, batches } of visits) {
          mailbox.deliver(arrive)
          mailbox.visit(batchSize, batches)
          const { lowUid, highUid } = mailbox.window
          const claimed = [...mailbox.server].filter((uid) => lowUid !== null && highUid !== null && uid >= lowUid && uid <= highUid)
          expect(claimed.filter((uid) => !mailbox.database.has(uid))).toEqual([])
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
