import { expect, it } from 'vitest'
import { chooseSurplus, type GiveableWatch } from './choose-surplus.ts'
import { Seats } from './seats.ts'

const HOST = 'mail.example:993'
const never = new AbortController().signal

const watchAt = (host: string, isWatching = true): GiveableWatch => ({ claim: { host }, stop: new AbortController(), isWatching })

/** A seat that is left once the test lets it. */
function takeSeat(seats: Seats): { readonly isAsked: () => boolean; readonly leave: () => Promise<void> } {
  const gone = Promise.withResolvers<void>()
  let stop: AbortSignal | null = null
  const held = seats.hold(HOST, never, async (asked) => {
    stop = asked
    await gone.promise
  })
  return {
    isAsked: () => stop?.aborted === true,
    leave: async () => {
      gone.resolve()
      await held
    },
  }
}

/** As the watches do when they are told. @returns how many were stopped */
function giveUp(watches: readonly GiveableWatch[], seats: Seats, surplus: number): number {
  const chosen = chooseSurplus(watches, seats, { host: HOST, surplus })
  for (const { stop } of chosen) stop.abort()
  return chosen.length
}

it('takes no more watches than the surplus, and only of that host', () => {
  const watches = [watchAt('other.example:993'), watchAt(HOST), watchAt(HOST), watchAt(HOST)]
  expect(chooseSurplus(watches, new Seats(), { host: HOST, surplus: 2 })).toEqual(watches.slice(1, 3))
})

it('takes second connections first', () => {
  const seats = new Seats()
  seats.setRoom(2)
  const taken = [takeSeat(seats), takeSeat(seats)]
  const watches = [watchAt(HOST), watchAt(HOST)]
  expect(giveUp(watches, seats, 1)).toBe(0)
  expect(taken.map(({ isAsked }) => isAsked())).toEqual([true, false])
  expect(giveUp(watches, seats, 3)).toBe(1)
  expect(taken.map(({ isAsked }) => isAsked())).toEqual([true, true])
})

it('counts what is on its way out: the same surplus told again and again costs nobody else', async () => {
  const seats = new Seats()
  seats.setRoom(1)
  const seat = takeSeat(seats)
  const watches = [watchAt(HOST), watchAt(HOST), watchAt(HOST)]
  expect(giveUp(watches, seats, 2)).toBe(1)
  expect([giveUp(watches, seats, 2), giveUp(watches, seats, 2)]).toEqual([0, 0])
  await seat.leave()
  // Its watch is still to close.
  expect(giveUp(watches, seats, 1)).toBe(0)
  // The first one is gone, and the host allows even fewer.
  expect(giveUp(watches.slice(1), seats, 1)).toBe(1)
})

it('counts watches that end for another reason before it asks for any seat', () => {
  const seats = new Seats()
  seats.setRoom(1)
  const seat = takeSeat(seats)
  const ending = watchAt(HOST)
  ending.stop.abort()
  expect(giveUp([ending, watchAt(HOST)], seats, 1)).toBe(0)
  expect(seat.isAsked()).toBe(false)
})

it('leaves alone what has no connection yet: giving it up makes no room', () => {
  const [waiting, open] = [watchAt(HOST, false), watchAt(HOST)]
  expect(chooseSurplus([waiting, open], new Seats(), { host: HOST, surplus: 1 })).toEqual([open])
})
