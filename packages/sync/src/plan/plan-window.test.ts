import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advanceWindow, planMissing } from './plan-missing.ts'
import { isOutside, isWidened, planLeftOut, planLook, planSearchDays, type LeftOut, type SortedList } from './plan-window.ts'

const day = (text: string): Date => new Date(`${text}T00:00:00Z`)

describe('isWidened', () => {
  it.each([
    ['everything is wanted now', 3, day('2026-01-01'), null, true],
    ['an earlier day is', 3, day('2026-01-01'), day('2025-01-01'), true],
    ['a later day is', 3, day('2026-01-01'), day('2026-02-01'), false],
    ['nothing changed', 3, day('2026-01-01'), day('2026-01-01'), false],
    ['nothing is outside, whatever is wanted', 0, null, null, false],
    ['nothing is outside any more', 0, day('2026-01-01'), null, false],
  ])('%s', (_what, messagesOutside, outsideBefore, syncFrom, expected) => {
    expect(isWidened({ messagesOutside, outsideBefore }, syncFrom)).toBe(expected)
  })
})

describe('planSearchDays', () => {
  it.each([
    ['around a day', '2026-01-15T00:00:00Z', null, '2026-01-13', '2026-01-18'],
    ['around the day of a moment', '2026-01-15T23:59:59Z', null, '2026-01-13', '2026-01-18'],
    ['over the end of a month', '2026-03-01T12:00:00Z', null, '2026-02-27', '2026-03-04'],
    ['back to what is stored, where that is older', '2026-01-15T00:00:00Z', '2024-06-10T08:00:00Z', '2024-06-08', '2026-01-18'],
    ['not to what is stored, where that is newer', '2026-01-15T00:00:00Z', '2026-01-20T08:00:00Z', '2026-01-13', '2026-01-18'],
    ['before 1970, and still days', '1970-01-01T00:00:00Z', null, '1969-12-30', '1970-01-04'],
  ])('%s', (_what, syncFrom, oldest, surely, maybe) => {
    const days = planSearchDays(new Date(syncFrom), oldest === null ? null : new Date(oldest))
    expect(days).toEqual({ surely: day(surely), maybe: day(maybe) })
  })

  it('leave no message of the window out unseen, and take none before it in unseen, whatever the zone of the server', () => {
    const moment = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2100, 0, 1) })
    const distance = fc.integer({ min: -10 * 86_400_000, max: 10 * 86_400_000 })
    fc.assert(
      fc.property(moment, distance, fc.integer({ min: -14 * 60, max: 14 * 60 }), (from, away, offsetMinutes) => {
        // The day of the message in its own zone, as SEARCH BEFORE compares it (RFC 9051 section 6.4.4).
        const local = new Date(from + away + offsetMinutes * 60_000).toISOString().slice(0, 10)
        const { surely, maybe } = planSearchDays(new Date(from), null)
        const isBefore = (limit: Date): boolean => local < limit.toISOString().slice(0, 10)
        expect(away >= 0 && isBefore(surely)).toBe(false)
        expect(away < 0 && !isBefore(maybe)).toBe(false)
      }),
    )
  })
})

describe('isOutside', () => {
  it.each([
    ['a second before', new Date('2026-01-14T23:59:59Z'), day('2026-01-15'), true],
    ['the first second', day('2026-01-15'), day('2026-01-15'), false],
    ['later', day('2026-01-16'), day('2026-01-15'), false],
    ['no date is given: in doubt it is wanted', null, day('2026-01-15'), false],
  ])('%s', (_what, internalDate, syncFrom, expected) => {
    expect(isOutside(internalDate, syncFrom)).toBe(expected)
  })
})

describe('planLook', () => {
  const missing = [5, 4, 3, 2, 1]
  it.each<[string, readonly number[], readonly number[], number | null, Readonly<ReturnType<typeof planLook>>]>([
    ['between the days', [1, 2], [1, 2, 3], 4, { look: [3], older: [2, 1] }],
    ['what is new and may be older, however surely', [1, 2, 5], [1, 2, 3, 5], 4, { look: [5, 3], older: [2, 1] }],
    ['the same where the second answer is short', [1, 2, 5], [3], 4, { look: [5, 3], older: [2, 1] }],
    ['at first only between the days', [1, 2, 5], [1, 2, 3, 5], null, { look: [3], older: [5, 2, 1] }],
    ['all that may be older, where nothing surely is', [], [1, 2, 3, 4, 5], 4, { look: missing, older: [] }],
    ['nothing, where all of it is in the window', [], [], 4, { look: [], older: [] }],
    ['what is not missing as well as what is', [1, 3, 6, 7], [1, 2, 3, 6, 7], null, { look: [2], older: [3, 1] }],
  ])('%s', (_what, surely, maybe, highUid, expected) => {
    expect(planLook(missing, { surely, maybe }, highUid)).toEqual(expected)
  })
})

describe('planLeftOut', () => {
  const limited = { syncFrom: day('2026-01-15'), outsideBefore: day('2025-01-01') }
  const sorted: SortedList = {
    list: { uids: [1, 2, 3, 4, 5, 6], complete: true },
    held: new Set([5, 6]),
    older: new Set([1, 2]),
    window: { lowUid: null, highUid: null },
  }
  it.each<[string, number, Partial<SortedList>, number]>([
    ['what was found to be older', 0, {}, 2],
    ['what was looked at in an earlier visit as well', 4, { window: { lowUid: 3, highUid: 6 } }, 4],
    ['no more of that than was counted then: a message that was lost was not left out', 1, { window: { lowUid: 3, highUid: 6 } }, 3],
    ['nothing without a reason', 4, { older: new Set() }, 0],
  ])('%s', (_what, counted, change, messagesOutside) => {
    const expected = { messagesOutside, outsideBefore: limited.syncFrom }
    expect(planLeftOut(counted, limited, { ...sorted, ...change })).toEqual(expected)
  })

  it('is nothing where everything is wanted', () => {
    const expected = { messagesOutside: 0, outsideBefore: null }
    expect(planLeftOut(4, { ...limited, syncFrom: null }, { ...sorted, older: new Set() })).toEqual(expected)
  })

  it('stays as it was where the list is not complete', () => {
    const list = { uids: [1, 2], complete: false }
    expect(planLeftOut(4, limited, { ...sorted, list })).toEqual({ messagesOutside: 4, outsideBefore: limited.outsideBefore })
  })
})

/** A mailbox with a window that moves, synchronised in visits that may end after any batch, on a server that may answer short. */
class WindowedMailbox {
  readonly server = new Map<number, Date>()
  readonly database = new Set<number>()
  window: { lowUid: number | null; highUid: number | null } = { lowUid: null, highUid: null }
  outside: LeftOut = { messagesOutside: 0, outsideBefore: null }
  readonly fetched: number[] = []
  #next = 1

  deliver(internalDate: Date): void {
    this.server.set(this.#next, internalDate)
    this.#next += 1
  }

  get isProved(): boolean {
    return this.window.lowUid === 1 && this.database.size + this.outside.messagesOutside === this.server.size
  }

  /** As `visitAll` does it. @returns whether the visit came to its end */
  visit(syncFrom: Date | null, { batches, tellsEvery }: { readonly batches: number; readonly tellsEvery: number }): boolean {
    const { highUid } = this.window
    this.window = isWidened(this.outside, syncFrom) ? { lowUid: null, highUid: null } : this.window
    const list = { uids: [...this.server.keys()], complete: true }
    const missing = planMissing(list.uids, { ...this.window, outside: this.database })
    const older = syncFrom === null ? new Set<number>() : this.#findOlder(syncFrom, missing, { highUid, tellsEvery })
    const wanted = missing.filter((uid) => !older.has(uid))
    const sorted = { list, held: this.database, older, window: this.window }
    this.outside = planLeftOut(this.outside.messagesOutside, { ...this.outside, syncFrom }, sorted)
    let handled = 0
    for (let batch = 0; batch < batches && handled < wanted.length; batch += 1) {
      for (const uid of wanted.slice(handled, handled + 2)) {
        this.database.add(uid)
        this.fetched.push(uid)
      }
      handled = Math.min(wanted.length, handled + 2)
      this.window = advanceWindow(this.window, list.uids.at(-1) ?? 0, wanted.slice(handled, handled + 1))
    }
    if (handled < wanted.length) {
      return false
    }
    this.window = advanceWindow(this.window, list.uids.at(-1) ?? 0, [])
    for (const uid of [...this.database].filter((stored) => !this.server.has(stored))) {
      this.database.delete(uid)
    }
    return true
  }

  #findOlder(
    syncFrom: Date,
    missing: readonly number[],
    { highUid, tellsEvery }: { readonly highUid: number | null; readonly tellsEvery: number },
  ): Set<number> {
    const { surely, maybe } = planSearchDays(syncFrom, null)
    const searched = { surely: this.#search(surely, tellsEvery), maybe: this.#search(maybe, 1) }
    const { look, older } = planLook(missing, searched, highUid)
    return new Set([...older, ...look.filter((uid) => isOutside(this.server.get(uid) ?? null, syncFrom))])
  }

  #search(before: Date, tellsEvery: number): number[] {
    const older = [...this.server].filter(([, internalDate]) => internalDate < before).map(([uid]) => uid)
    return older.filter((_uid, index) => index % tellsEvery === 0)
  }
}

const someDate = fc.integer({ min: 0, max: 40 }).map((days) => new Date(Date.UTC(2026, 0, 1) + days * 43_200_000))
const visits = fc.array(
  fc.record({
    arrive: fc.array(someDate, { maxLength: 8 }),
    expunge: fc.array(fc.nat(40), { maxLength: 3 }),
    syncFrom: fc.option(someDate, { nil: null }),
    batches: fc.nat(4),
    tellsEvery: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 10 },
)

describe('a window that moves while visits end anywhere', () => {
  it('has everything in it in the end and nothing twice, and the count is a proof', () => {
    fc.assert(
      fc.property(visits, fc.option(someDate, { nil: null }), (story, last) => {
        const mailbox = new WindowedMailbox()
        for (const { arrive, expunge, syncFrom, batches, tellsEvery } of story) {
          for (const internalDate of arrive) {
            mailbox.deliver(internalDate)
          }
          mailbox.visit(syncFrom, { batches, tellsEvery })
          for (const uid of expunge) {
            mailbox.server.delete(uid)
          }
        }
        expect(mailbox.visit(last, { batches: Number.POSITIVE_INFINITY, tellsEvery: 1 })).toBe(true)
        const wanted = [...mailbox.server].filter(([, date]) => last === null || !isOutside(date, last)).map(([uid]) => uid)
        expect(wanted.filter((uid) => !mailbox.database.has(uid))).toEqual([])
        expect(mailbox.isProved).toBe(true)
        expect(new Set(mailbox.fetched).size).toBe(mailbox.fetched.length)
      }),
      { numRuns: 1_000 },
    )
  })

  it('notices when any message is removed from the server, stored or outside', () => {
    fc.assert(
      fc.property(visits, fc.nat(50), (story, chosen) => {
        const mailbox = new WindowedMailbox()
        for (const { arrive, syncFrom } of story) {
          for (const internalDate of arrive) {
            mailbox.deliver(internalDate)
          }
          mailbox.visit(syncFrom, { batches: Number.POSITIVE_INFINITY, tellsEvery: 1 })
        }
        expect(mailbox.isProved).toBe(true)
        const uids = [...mailbox.server.keys()]
        fc.pre(uids.length > 0)
        mailbox.server.delete(uids[chosen % uids.length] ?? 0)
        expect(mailbox.isProved).toBe(false)
      }),
    )
  })
})
