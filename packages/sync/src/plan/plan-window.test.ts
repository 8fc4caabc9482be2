import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advanceWindow, planMissing } from './plan-missing.ts'
import { isOutside, isWidened, listOutside, planCandidates, planSearchDay, type OutsideCount } from './plan-window.ts'

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

describe('planSearchDay', () => {
  it.each([
    ['two days before the day', '2026-01-15T00:00:00Z', null, '2026-01-13'],
    ['two days before the day of the moment', '2026-01-15T23:59:59Z', null, '2026-01-13'],
    ['over the end of a month', '2026-03-01T12:00:00Z', null, '2026-02-27'],
    ['before what is stored, where that is older', '2026-01-15T00:00:00Z', '2024-06-10T08:00:00Z', '2024-06-08'],
    ['before the window, where what is stored is newer', '2026-01-15T00:00:00Z', '2026-01-20T08:00:00Z', '2026-01-13'],
    ['before 1970, and still a day', '1970-01-01T00:00:00Z', null, '1969-12-30'],
  ])('%s', (_what, syncFrom, oldest, expected) => {
    expect(planSearchDay(new Date(syncFrom), oldest === null ? null : new Date(oldest))).toEqual(day(expected))
  })

  it('takes no message of the window for older, whatever the zone of the server', () => {
    const moment = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2100, 0, 1) })
    fc.assert(
      fc.property(moment, fc.nat(10 * 86_400_000), fc.integer({ min: -14 * 60, max: 14 * 60 }), (from, later, offsetMinutes) => {
        // The day of the message in its own zone, as SEARCH BEFORE compares it (RFC 9051 section 6.4.4).
        const local = new Date(from + later + offsetMinutes * 60_000).toISOString().slice(0, 10)
        expect(local < planSearchDay(new Date(from), null).toISOString().slice(0, 10)).toBe(false)
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
    ['everything is wanted', day('1990-01-01'), null, false],
  ])('%s', (_what, internalDate, syncFrom, expected) => {
    expect(isOutside(internalDate, syncFrom)).toBe(expected)
  })
})

describe('planCandidates', () => {
  it.each<[string, readonly number[], number | null, readonly number[]]>([
    ['what is not said to be older', [1, 2], 4, [3, 4, 5]],
    ['what is new, whatever is said of it', [1, 2, 5], 4, [3, 4, 5]],
    ['at first, only what is not said to be older', [1, 2, 5], null, [3, 4]],
    ['all, where nothing is said', [], 4, [1, 2, 3, 4, 5]],
  ])('%s', (_what, before, highUid, expected) => {
    expect(planCandidates({ listed: [1, 2, 3, 4, 5], before: new Set(before), highUid })).toEqual(expected)
  })
})

describe('listOutside', () => {
  const count: OutsideCount = {
    listed: [1, 2, 3, 4, 5, 6],
    held: new Set([5, 6]),
    before: new Set([1, 2]),
    rejected: new Set([3]),
    window: { lowUid: null, highUid: null },
    counted: 0,
  }
  it.each<[string, Partial<OutsideCount>, readonly number[]]>([
    ['what the server or the date says', {}, [1, 2, 3]],
    ['not what is held all the same', { held: new Set([2, 5, 6]) }, [1, 3]],
    ['what was looked at in an earlier visit', { window: { lowUid: 4, highUid: 6 }, counted: 1 }, [1, 2, 3, 4]],
    ['no more of that than was counted then: a message lost is not one left out', { window: { lowUid: 4, highUid: 6 } }, [1, 2, 3]],
    ['nothing without a reason', { before: new Set(), rejected: new Set() }, []],
  ])('%s', (_what, change, expected) => {
    expect([...listOutside({ ...count, ...change })].toSorted((left, right) => left - right)).toEqual(expected)
  })
})

/** A mailbox with a window that moves, synchronised in visits that may end after any batch, on a server that may answer short. */
class WindowedMailbox {
  readonly server = new Map<number, Date>()
  readonly database = new Set<number>()
  window: { lowUid: number | null; highUid: number | null } = { lowUid: null, highUid: null }
  outside = { messagesOutside: 0, outsideBefore: null as Date | null }
  readonly fetched: { readonly uid: number; readonly syncFrom: Date | null }[] = []
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
    const widened = isWidened(this.outside, syncFrom)
    this.window = widened ? { lowUid: null, highUid: null } : this.window
    const believed = { ...this.window }
    const listed = [...this.server.keys()]
    const before = syncFrom === null ? new Set<number>() : this.#search(planSearchDay(syncFrom, null), tellsEvery)
    const candidates = planCandidates({ listed, before, highUid: believed.highUid })
    const missing = planMissing(candidates, { ...believed, outside: this.database })
    const counted = widened ? 0 : this.outside.messagesOutside
    const told = listOutside({ listed, held: this.database, before, rejected: new Set(), window: believed, counted })
    this.outside = { messagesOutside: told.size, outsideBefore: told.size === 0 ? null : syncFrom }
    const rejected = new Set<number>()
    let handled = 0
    for (let batch = 0; batch < batches && handled < missing.length; batch += 1) {
      for (const uid of missing.slice(handled, handled + 2)) {
        this.#fetch(uid, syncFrom, rejected)
      }
      handled = Math.min(missing.length, handled + 2)
      this.window = advanceWindow(this.window, listed.at(-1) ?? 0, missing.slice(handled, handled + 1))
    }
    if (handled < missing.length) {
      return false
    }
    this.window = advanceWindow(this.window, listed.at(-1) ?? 0, [])
    for (const uid of [...this.database].filter((stored) => !this.server.has(stored))) {
      this.database.delete(uid)
    }
    const outside = listOutside({ listed, held: this.database, before, rejected, window: believed, counted: told.size })
    this.outside = { messagesOutside: outside.size, outsideBefore: outside.size === 0 ? null : syncFrom }
    return true
  }

  #fetch(uid: number, syncFrom: Date | null, rejected: Set<number>): void {
    if (isOutside(this.server.get(uid) ?? null, syncFrom)) {
      rejected.add(uid)
      this.outside = { messagesOutside: this.outside.messagesOutside + 1, outsideBefore: syncFrom }
    } else {
      this.database.add(uid)
      this.fetched.push({ uid, syncFrom })
    }
  }

  #search(before: Date, tellsEvery: number): Set<number> {
    const older = [...this.server].filter(([, internalDate]) => internalDate < before).map(([uid]) => uid)
    return new Set(older.filter((_uid, index) => index % tellsEvery === 0))
  }
}

const date = fc.integer({ min: 0, max: 40 }).map((days) => new Date(Date.UTC(2026, 0, 1) + days * 43_200_000))
const visits = fc.array(
  fc.record({
    arrive: fc.array(date, { maxLength: 8 }),
    expunge: fc.array(fc.nat(40), { maxLength: 3 }),
    syncFrom: fc.option(date, { nil: null }),
    batches: fc.nat(4),
    tellsEvery: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 10 },
)

describe('a window that moves while visits end anywhere', () => {
  it('has everything in it in the end, nothing twice, and nothing that was never in it; and the count is a proof', () => {
    fc.assert(
      fc.property(visits, fc.option(date, { nil: null }), (story, last) => {
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
        const wanted = [...mailbox.server].filter(([, internalDate]) => !isOutside(internalDate, last)).map(([uid]) => uid)
        expect(wanted.filter((uid) => !mailbox.database.has(uid))).toEqual([])
        expect(mailbox.isProved).toBe(true)
        expect(new Set(mailbox.fetched.map(({ uid }) => uid)).size).toBe(mailbox.fetched.length)
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
